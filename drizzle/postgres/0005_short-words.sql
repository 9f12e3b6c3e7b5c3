-- Trigrams know no word of less than three characters. Every one and every two characters that follow each other are kept for those, as SQLite's search has them in its column "short".
CREATE FUNCTION "short_words"(words text) RETURNS text[] LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
	SELECT array_agg(DISTINCT piece) FROM (
		SELECT unnest(ARRAY[letter, letter || lead(letter) OVER (ORDER BY place)]) AS piece
		FROM unnest(string_to_array(words, NULL)) WITH ORDINALITY AS letters (letter, place)
	) AS pieces WHERE piece IS NOT NULL
$$;
--> statement-breakpoint
ALTER TABLE "run_search" ADD COLUMN "short" text[] GENERATED ALWAYS AS (short_words("words")) STORED;
--> statement-breakpoint
CREATE INDEX "run_search_short" ON "run_search" USING gin ("short");
--> statement-breakpoint
ALTER TABLE "export_search" ADD COLUMN "short" text[] GENERATED ALWAYS AS (short_words("words")) STORED;
--> statement-breakpoint
CREATE INDEX "export_search_short" ON "export_search" USING gin ("short");
--> statement-breakpoint
-- Of what is rare PostgreSQL would otherwise believe that it is soon found among the newest, and walk through them all.
ALTER TABLE "run_search" ALTER COLUMN "short" SET STATISTICS 1000;
--> statement-breakpoint
ALTER TABLE "export_search" ALTER COLUMN "short" SET STATISTICS 1000;
--> statement-breakpoint
ANALYZE "run_search", "export_search";
