ALTER TABLE `people` ADD `is_named_here` integer DEFAULT true NOT NULL;--> statement-breakpoint
UPDATE `people` SET `is_named_here` = false WHERE `id` IN (SELECT `person_id` FROM `provider_accounts` WHERE `came_by` = 'group');
