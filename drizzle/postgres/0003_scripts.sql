CREATE TABLE "scripts" (
	"id" text collate "C" NOT NULL,
	"n" bigint NOT NULL,
	"name" text collate "C" NOT NULL,
	"about" text collate "C" NOT NULL,
	"script" text collate "C" NOT NULL,
	"inputs" text collate "C" NOT NULL,
	"check" text collate "C" NOT NULL,
	"undo" text collate "C" NOT NULL,
	"as" text collate "C" NOT NULL,
	"minutes" bigint NOT NULL,
	"saved_at" bigint NOT NULL,
	"saved_by" text collate "C" NOT NULL,
	"is_offered" boolean NOT NULL,
	CONSTRAINT "scripts_id_n_pk" PRIMARY KEY("id","n")
);
--> statement-breakpoint
CREATE INDEX "scripts_offered" ON "scripts" USING btree ("is_offered","name","id");