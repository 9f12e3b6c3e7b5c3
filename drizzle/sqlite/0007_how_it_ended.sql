ALTER TABLE `runs` ADD `ended` text;--> statement-breakpoint
ALTER TABLE `runs` ADD `undone_at` integer;--> statement-breakpoint
ALTER TABLE `steps` ADD `backoff_ms` integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE `steps` ADD `sign_at` integer;