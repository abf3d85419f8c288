-- The tables of the Node service as @mikro-orm/migrations 6.6.7 (with @mikro-orm/core, postgresql and knex 6.6.7) made
-- them on PostgreSQL 15 from an entity with the fields of the replaced service; the statements are its own.
create table "mikro_orm_migrations" ("id" serial primary key, "name" varchar(255), "executed_at" timestamptz default current_timestamp);
create table "users" ("id" varchar(255) not null, "created_at" timestamptz not null default current_timestamp, "updated_at" timestamptz not null default current_timestamp, "name" text not null, "email" text not null, "password" text not null, "status" smallint not null default 0, "last_login_at" timestamptz null, constraint "users_pkey" primary key ("id"));
alter table "users" add constraint "users_email_unique" unique ("email");
insert into "mikro_orm_migrations" ("name", "executed_at") values ('Migration20261125101732_CreateUsers', '2026-11-25 10:17:32.711541+00');
