ALTER TABLE `audit` ADD `by_kind` text DEFAULT 'unknown' NOT NULL;--> statement-breakpoint
ALTER TABLE `audit` ADD `by_id` text;--> statement-breakpoint
ALTER TABLE `audit` ADD `hash` text DEFAULT '' NOT NULL;--> statement-breakpoint
WITH RECURSIVE chain (id, hash) AS (
	SELECT * FROM (SELECT id, audit_hash(id, at, `by`, did, target, NULL) FROM audit ORDER BY id LIMIT 1)
	UNION ALL
	SELECT next.id, audit_hash(next.id, next.at, next.`by`, next.did, next.target, chain.hash)
	FROM chain JOIN audit AS next ON next.id = (SELECT min(id) FROM audit WHERE id > chain.id)
)
UPDATE audit SET hash = chain.hash FROM chain WHERE chain.id = audit.id;
--> statement-breakpoint
CREATE TRIGGER `audit_only_grows` BEFORE INSERT ON `audit` WHEN new.id <= (SELECT max(id) FROM audit) BEGIN
	SELECT RAISE(ABORT, 'an entry of the audit is only ever added behind the last');
END;
--> statement-breakpoint
CREATE TRIGGER `audit_never_changes` BEFORE UPDATE ON `audit` BEGIN
	SELECT RAISE(ABORT, 'no entry of the audit is ever changed');
END;
--> statement-breakpoint
CREATE TRIGGER `audit_never_shrinks` BEFORE DELETE ON `audit` BEGIN
	SELECT RAISE(ABORT, 'no entry of the audit is ever removed');
END;
