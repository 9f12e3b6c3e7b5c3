CREATE TABLE `api_tokens` (
	`id` text PRIMARY KEY NOT NULL,
	`secret_hash` text NOT NULL,
	`name` text NOT NULL,
	`created_at` integer NOT NULL,
	`last_used_at` integer
);
--> statement-breakpoint
CREATE UNIQUE INDEX `api_tokens_secret` ON `api_tokens` (`secret_hash`);--> statement-breakpoint
CREATE TABLE `audit` (
	`id` integer PRIMARY KEY NOT NULL,
	`at` integer NOT NULL,
	`by` text NOT NULL,
	`did` text NOT NULL,
	`target` text NOT NULL
);
--> statement-breakpoint
CREATE TABLE `connections` (
	`id` text PRIMARY KEY NOT NULL,
	`kind` text NOT NULL,
	`name` text NOT NULL,
	`values` text NOT NULL,
	`sealed` text NOT NULL,
	`built_in` integer NOT NULL,
	`created_at` integer NOT NULL,
	`last_test` text
);
--> statement-breakpoint
CREATE TABLE `events` (
	`run_id` text NOT NULL,
	`n` integer NOT NULL,
	`at` integer NOT NULL,
	`type` text NOT NULL,
	`step_id` text,
	`data` text NOT NULL,
	PRIMARY KEY(`run_id`, `n`),
	FOREIGN KEY (`run_id`) REFERENCES `runs`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE TABLE `exports` (
	`id` text PRIMARY KEY NOT NULL,
	`provider` text NOT NULL,
	`connection_id` text NOT NULL,
	`org` text NOT NULL,
	`project` text NOT NULL,
	`analysis` text NOT NULL,
	`title` text NOT NULL,
	`query_hash` text NOT NULL,
	`active_key` text,
	`query` text,
	`status` text NOT NULL,
	`remote_status` text,
	`job_id` text,
	`job_url` text,
	`download_url` text,
	`owner_run_id` text NOT NULL,
	`file_path` text,
	`file_name` text,
	`size_bytes` integer,
	`rows` integer,
	`expected_rows` integer,
	`sha256` text,
	`header` text,
	`preview` text,
	`error` text,
	`created_at` integer NOT NULL,
	`posted_at` integer,
	`ready_at` integer,
	`deleted_at` integer,
	`updated_at` integer NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX `exports_active` ON `exports` (`active_key`);--> statement-breakpoint
CREATE INDEX `exports_project` ON `exports` (`connection_id`,`org`,`project`);--> statement-breakpoint
CREATE TABLE `hand_overs` (
	`session_id` text NOT NULL,
	`export_id` text NOT NULL,
	`at` integer NOT NULL,
	PRIMARY KEY(`session_id`, `export_id`)
);
--> statement-breakpoint
CREATE TABLE `log_lines` (
	`run_id` text NOT NULL,
	`n` integer NOT NULL,
	`at` integer NOT NULL,
	`step_id` text NOT NULL,
	`attempt` integer NOT NULL,
	`level` text NOT NULL,
	`text` text NOT NULL,
	PRIMARY KEY(`run_id`, `n`),
	FOREIGN KEY (`run_id`) REFERENCES `runs`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE TABLE `runs` (
	`id` text PRIMARY KEY NOT NULL,
	`workflow_id` text NOT NULL,
	`title` text NOT NULL,
	`subject` text NOT NULL,
	`state` text NOT NULL,
	`input` text,
	`version` integer NOT NULL,
	`last_event` integer NOT NULL,
	`last_log` integer NOT NULL,
	`epoch` integer NOT NULL,
	`claimed_by` text,
	`claimed_until` integer,
	`wake_at` integer,
	`wish` text,
	`lock` text,
	`lock_held` text,
	`created_at` integer NOT NULL,
	`created_by` text NOT NULL,
	`started_at` integer,
	`ended_at` integer,
	`changed_at` integer NOT NULL,
	`error` text,
	`cancel` text,
	`recovery` text,
	`percent_floor` integer NOT NULL,
	`outcome` text,
	`finalized_at` integer,
	`paused_from` text
);
--> statement-breakpoint
CREATE UNIQUE INDEX `runs_lock_held` ON `runs` (`lock_held`);--> statement-breakpoint
CREATE INDEX `runs_due` ON `runs` (`state`,`wake_at`);--> statement-breakpoint
CREATE INDEX `runs_workflow` ON `runs` (`workflow_id`,`state`);--> statement-breakpoint
CREATE TABLE `sessions` (
	`id` text PRIMARY KEY NOT NULL,
	`secret_hash` text NOT NULL,
	`user_name` text NOT NULL,
	`created_at` integer NOT NULL,
	`last_seen_at` integer NOT NULL,
	`expires_at` integer NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX `sessions_secret` ON `sessions` (`secret_hash`);--> statement-breakpoint
CREATE TABLE `sign_in_links` (
	`secret_hash` text PRIMARY KEY NOT NULL,
	`expires_at` integer NOT NULL
);
--> statement-breakpoint
CREATE TABLE `steps` (
	`run_id` text NOT NULL,
	`id` text NOT NULL,
	`position` integer NOT NULL,
	`kind` text NOT NULL,
	`title` text NOT NULL,
	`state` text NOT NULL,
	`attempt` integer NOT NULL,
	`started_at` integer,
	`ended_at` integer,
	`active_ms` integer NOT NULL,
	`progress` text,
	`share` real,
	`substeps` text NOT NULL,
	`result` text,
	`detail` text,
	`form` text,
	`error` text,
	`waiting` text,
	`weight_ms` integer NOT NULL,
	`skippable` text,
	`undoable` integer NOT NULL,
	PRIMARY KEY(`run_id`, `id`),
	FOREIGN KEY (`run_id`) REFERENCES `runs`(`id`) ON UPDATE no action ON DELETE no action
);
