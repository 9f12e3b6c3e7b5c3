CREATE TABLE `bells` (
	`run_id` text NOT NULL,
	`person_id` text NOT NULL,
	`rings` integer NOT NULL,
	PRIMARY KEY(`run_id`, `person_id`)
);
--> statement-breakpoint
CREATE TABLE `channels` (
	`id` text PRIMARY KEY NOT NULL,
	`person_id` text NOT NULL,
	`kind` text NOT NULL,
	`name` text NOT NULL,
	`connection_id` text,
	`account` text,
	`values` text NOT NULL,
	`sealed` text NOT NULL,
	`wants` text NOT NULL,
	`state` text NOT NULL,
	`because` text,
	`created_at` integer NOT NULL,
	`changed_at` integer NOT NULL,
	`last_test` text
);
--> statement-breakpoint
CREATE UNIQUE INDEX `channels_account` ON `channels` (`kind`,`account`) WHERE "channels"."account" is not null;--> statement-breakpoint
CREATE INDEX `channels_person` ON `channels` (`person_id`);--> statement-breakpoint
CREATE TABLE `deliveries` (
	`id` text PRIMARY KEY NOT NULL,
	`key` text NOT NULL,
	`run_id` text,
	`n` integer NOT NULL,
	`step_id` text,
	`asked` integer,
	`person_id` text NOT NULL,
	`channel_id` text NOT NULL,
	`kind` text NOT NULL,
	`state` text NOT NULL,
	`attempts` integer NOT NULL,
	`next_at` integer,
	`remote` text,
	`shown` text,
	`because` text,
	`created_at` integer NOT NULL,
	`sent_at` integer
);
--> statement-breakpoint
CREATE UNIQUE INDEX `deliveries_key` ON `deliveries` (`key`);--> statement-breakpoint
CREATE INDEX `deliveries_due` ON `deliveries` (`next_at`,`id`) WHERE "deliveries"."next_at" is not null;--> statement-breakpoint
CREATE INDEX `deliveries_run` ON `deliveries` (`run_id`,`id`);--> statement-breakpoint
CREATE INDEX `deliveries_person` ON `deliveries` (`person_id`,`id`);--> statement-breakpoint
CREATE INDEX `deliveries_person_state` ON `deliveries` (`person_id`,`state`,`id`);--> statement-breakpoint
CREATE INDEX `deliveries_channel` ON `deliveries` (`channel_id`);--> statement-breakpoint
CREATE INDEX `deliveries_state` ON `deliveries` (`state`,`id`);--> statement-breakpoint
CREATE INDEX `deliveries_kind` ON `deliveries` (`state`,`kind`,`id`);--> statement-breakpoint
CREATE TABLE `notices` (
	`run_id` text NOT NULL,
	`n` integer NOT NULL,
	`kind` text NOT NULL,
	`step_id` text,
	`asked` integer,
	`by` text,
	`at` integer NOT NULL,
	PRIMARY KEY(`run_id`, `n`)
);
--> statement-breakpoint
CREATE INDEX `notices_age` ON `notices` (`at`,`run_id`,`n`);--> statement-breakpoint
CREATE TABLE `preferences` (
	`person_id` text PRIMARY KEY NOT NULL,
	`said` text NOT NULL
);
