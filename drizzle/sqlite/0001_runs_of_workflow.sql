DROP INDEX `runs_workflow`;--> statement-breakpoint
CREATE INDEX `runs_workflow` ON `runs` (`workflow_id`,`state`,`id`);