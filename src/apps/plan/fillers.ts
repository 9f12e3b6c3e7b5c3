/** Words that say nothing of what an app keeps. Those that state a rule (“must”, “only”, “unique”, numbers) are not among them. */
export const fillers: ReadonlySet<string> = new Set(
  `a an the my our your his her their its i me we us you he she it they them this that these those there here and or also plus then so too as is are was
  were be been being am do does did done of to in on at by from into with without for about around over under after before like such per via
  has have having had include includes including contain contains containing consist consists need needs needed want wants wanted would could should
  will can may might let lets please each every all any some other own more many several various different new old simple small little big nice good
  great cool beautiful modern easy basic full complete whole custom which who whom whose what when where how why one ones thing things something
  everything stuff create build make makes generate give design develop write set up add get use used using track tracks tracking manage manages
  managing management keep keeps keeping record recording store storing handle handles handling organise organize list lists listing follow log
  logging monitor save register schedule scheduling belong belongs relate related relates link linked links app apps application system tool
  software platform website site portal program solution database web mobile online crm dashboard tracker planner manager helper assistant
  called named titled know known see look looking able just really very`.split(/\s+/),
);
