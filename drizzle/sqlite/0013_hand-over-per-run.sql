PRAGMA foreign_keys=OFF;--> statement-breakpoint
CREATE TABLE `__new_hand_overs` (
	`session_id` text NOT NULL,
	`run_id` text DEFAULT '' NOT NULL,
	`export_id` text NOT NULL,
	`at` integer NOT NULL,
	PRIMARY KEY(`session_id`, `run_id`, `export_id`)
);
--> statement-breakpoint
INSERT INTO `__new_hand_overs`("session_id", "run_id", "export_id", "at") SELECT "session_id", '', "export_id", "at" FROM `hand_overs`;--> statement-breakpoint
DROP TABLE `hand_overs`;--> statement-breakpoint
ALTER TABLE `__new_hand_overs` RENAME TO `hand_overs`;--> statement-breakpoint
PRAGMA foreign_keys=ON;