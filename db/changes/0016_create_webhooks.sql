--liquibase formatted sql

--changeset gatehouse:0016-create-webhooks
--comment: Who is told what happened, what happened, and what became of telling it. Three new, empty tables: takes no lock that anyone could wait for.
create table webhook_endpoints (
    id               bigint      not null,
    url              text        not null,
    events           text[]      not null,
    secret           bytea       not null,
    secret_key_id    text        not null,
    previous_secret  bytea,
    previous_key_id  text,
    previous_until   timestamptz,
    status           text        not null default 'active',
    created_at       timestamptz not null,
    failing_since    timestamptz,
    fence            bigint      not null default 0,
    leased_until     timestamptz not null default 'epoch',
    constraint webhook_endpoints_pkey primary key (id),
    constraint webhook_endpoints_id_check check (id > 0),
    constraint webhook_endpoints_url_check check (char_length(url) between 1 and 2048),
    constraint webhook_endpoints_events_check check (cardinality(events) > 0),
    constraint webhook_endpoints_previous_check check ((previous_secret is null) = (previous_key_id is null) and (previous_secret is null) = (previous_until is null)),
    constraint webhook_endpoints_status_check check (status in ('active', 'paused', 'disabled'))
) with (fillfactor = 50);

comment on table webhook_endpoints is 'Who is told what happened: one row per ./gatehouse webhooks add.';
comment on column webhook_endpoints.id is 'A Snowflake.';
comment on column webhook_endpoints.url is 'Where events are posted to.';
comment on column webhook_endpoints.events is 'Types of events that it is told of.';
comment on column webhook_endpoints.secret is 'What deliveries are signed with, sealed; see docs/crypto.md.';
comment on column webhook_endpoints.secret_key_id is 'Key that the secret is sealed with.';
comment on column webhook_endpoints.previous_secret is 'The secret before the last rotation, sealed; signs, too, until previous_until.';
comment on column webhook_endpoints.previous_key_id is 'Key that the previous secret is sealed with.';
comment on column webhook_endpoints.previous_until is 'End of the time in which receivers may still know the previous secret only.';
comment on column webhook_endpoints.status is 'active; paused (by an operator: events are kept for it); disabled (after a day of failures, or 410 Gone: new events are not kept for it).';
comment on column webhook_endpoints.created_at is 'When it was registered.';
comment on column webhook_endpoints.failing_since is 'First failure after the last success; null while there is none.';
comment on column webhook_endpoints.fence is 'Grows with every lease; what a sender found is written only while this is still its own number.';
comment on column webhook_endpoints.leased_until is 'By the clock of the database; past it another replica may send.';

create table webhook_events (
    id          bigint generated always as identity,
    type        text        not null,
    occurred_at timestamptz not null,
    log_id      text,
    payload     json        not null,
    constraint webhook_events_pkey primary key (id),
    constraint webhook_events_payload_check check (octet_length(payload::text) <= 16384)
);

create index webhook_events_occurred_at_idx on webhook_events (occurred_at);

comment on table webhook_events is 'What happened and somebody wants to be told of, written in the transaction in which it happened. Kept for RETENTION_DAYS.';
comment on column webhook_events.id is 'Order in which events were written; webhook-id is evt_, this and the milliseconds of occurred_at.';
comment on column webhook_events.type is 'Such as session.created.';
comment on column webhook_events.occurred_at is 'When it happened.';
comment on column webhook_events.log_id is 'Log id of the request in which it happened; null where there was none.';
comment on column webhook_events.payload is 'The body as it is sent and signed, byte for byte: json, because jsonb would write it anew.';

create table webhook_deliveries (
    endpoint_id bigint      not null,
    event_id    bigint      not null,
    state       text        not null default 'waiting',
    attempts    integer     not null default 0,
    next_at     timestamptz not null default current_timestamp,
    last_at     timestamptz,
    last_result text,
    constraint webhook_deliveries_pkey primary key (endpoint_id, event_id),
    constraint webhook_deliveries_endpoint_id_fkey foreign key (endpoint_id) references webhook_endpoints (id) on delete cascade,
    constraint webhook_deliveries_event_id_fkey foreign key (event_id) references webhook_events (id) on delete cascade,
    constraint webhook_deliveries_state_check check (state in ('waiting', 'parked', 'delivered', 'failed')),
    constraint webhook_deliveries_attempts_check check (attempts >= 0),
    constraint webhook_deliveries_last_result_check check (char_length(last_result) <= 256)
);

create index webhook_deliveries_event_id_idx on webhook_deliveries (event_id);
create index webhook_deliveries_waiting_idx on webhook_deliveries (endpoint_id, event_id) where state = 'waiting';
create index webhook_deliveries_parked_idx on webhook_deliveries (endpoint_id, next_at) where state = 'parked';
create index webhook_deliveries_failed_idx on webhook_deliveries (endpoint_id, event_id) where state = 'failed';

comment on table webhook_deliveries is 'One row per endpoint and event that it is to be told of.';
comment on column webhook_deliveries.endpoint_id is 'Who is told.';
comment on column webhook_deliveries.event_id is 'Of what.';
comment on column webhook_deliveries.state is 'waiting (in line, in the order of events), parked (failed five times, or to be repeated: tried beside the line), delivered, failed (given up after a day).';
comment on column webhook_deliveries.attempts is 'So far.';
comment on column webhook_deliveries.next_at is 'No attempt before this; by the clock of the database.';
comment on column webhook_deliveries.last_at is 'Latest attempt; null when there was none.';
comment on column webhook_deliveries.last_result is 'What became of it: a status, or why there was none.';
--rollback drop table webhook_deliveries;
--rollback drop table webhook_events;
--rollback drop table webhook_endpoints;
