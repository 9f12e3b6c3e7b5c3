CREATE TABLE `chats` (
	`id` text PRIMARY KEY NOT NULL,
	`remembered` text NOT NULL,
	`lines` text NOT NULL,
	`changed_at` integer NOT NULL
);
