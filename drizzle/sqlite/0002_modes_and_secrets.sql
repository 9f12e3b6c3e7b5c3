ALTER TABLE `runs` ADD `mode` text DEFAULT 'automatic' NOT NULL;--> statement-breakpoint
ALTER TABLE `runs` ADD `values` text;--> statement-breakpoint
ALTER TABLE `runs` ADD `secrets` text;