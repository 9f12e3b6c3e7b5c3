CREATE INDEX `runs_state` ON `runs` (`state`,`id`);--> statement-breakpoint
CREATE INDEX `runs_of_workflow` ON `runs` (`workflow_id`,`id`);