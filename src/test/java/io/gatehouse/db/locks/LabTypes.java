package io.gatehouse.db.locks;

import static io.gatehouse.db.locks.LabChange.change;
import static io.gatehouse.db.locks.LockMode.ACCESS_EXCLUSIVE;
import static io.gatehouse.db.locks.LockMode.SHARE;
import static io.gatehouse.db.locks.Touch.locks;
import static io.gatehouse.db.locks.Touch.rewrites;
import static io.gatehouse.db.locks.Touch.scans;

import java.util.List;

/** Types of columns, enums and domains. */
final class LabTypes {

    // Rewritten unless binary coercible; indexes are rebuilt unless they would be equal.
    private static final String NOTES = "sql-altertable, Notes";

    private LabTypes() {}

    static List<LabChange> changed() {
        return List.of(
                type("int to bigint", NOTES, "total type bigint", rewrites("orders", ACCESS_EXCLUSIVE)),
                type("varchar to longer varchar", NOTES, "status type varchar(50)", locks("orders", ACCESS_EXCLUSIVE)),
                type("varchar to text", NOTES, "status type text", locks("orders", ACCESS_EXCLUSIVE)),
                type("varchar to shorter varchar", NOTES, "status type varchar(10)", rewritten()),
                type("text to varchar", NOTES, "note type varchar(50)", rewritten()),
                type("using another value", NOTES, "total type integer using total * 100", rewritten()),
                type("another collation", NOTES, "note type text collate \"POSIX\"", locks("orders", ACCESS_EXCLUSIVE)),
                type("another collation, indexed", NOTES, "status type varchar(20) collate \"POSIX\"", scanned()),
                change("type: of two columns at once", NOTES + ": in a single pass")
                        .step(
                                "alter table orders alter total type bigint, alter status type text",
                                rewrites("orders", ACCESS_EXCLUSIVE)),
                change("type: timestamp to timestamptz in UTC", "release-12: no rewrite while the time zone is UTC")
                        .step("set local timezone = 'UTC'")
                        .step("alter table orders alter placed_at type timestamptz", locks("orders", ACCESS_EXCLUSIVE)),
                change("type: timestamp to timestamptz elsewhere", NOTES)
                        .step("set local timezone = 'Europe/Berlin'")
                        .step("alter table orders alter placed_at type timestamptz", rewritten()),
                change("type: of a referenced key", NOTES + "; ATPostAlterTypeCleanup: the constraint is made anew")
                        .step(
                                "alter table invoices alter id type bigint",
                                rewrites("invoices", ACCESS_EXCLUSIVE),
                                scans("invoice_lines", ACCESS_EXCLUSIVE)));
    }

    static List<LabChange> named() {
        return List.of(
                change("create an enum and extend it", "sql-altertype: of tables nothing is said")
                        .step("create type mood as enum ('fine')")
                        .step("alter type mood add value 'better'"),
                change("domain: add check", "sql-alterdomain, Notes: tables that use it are checked")
                        .given(DOMAIN)
                        .step("alter domain label add constraint label_check check (value <> '')", labelled()),
                change("domain: add check, not valid", "sql-alterdomain, NOT VALID")
                        .given(DOMAIN)
                        .step("alter domain label add constraint label_check check (value <> '') not valid"),
                change("domain: validate check", "sql-alterdomain, VALIDATE CONSTRAINT; validateDomainCheckConstraint")
                        .given(DOMAIN)
                        .given("alter domain label add constraint label_check check (value <> '') not valid")
                        .step("alter domain label validate constraint label_check", labelled()));
    }

    private static final String DOMAIN = """
            create domain label as text;
            create table labels (id bigint primary key, name label default 'x', note text);
            insert into labels select i, 'x', 'note' from generate_series(1, 2000) i
            """;

    private static Touch labelled() {
        return scans("labels", SHARE);
    }

    private static LabChange type(String name, String manual, String action, Touch touch) {
        return change("type: " + name, manual).step("alter table orders alter " + action, touch);
    }

    private static Touch rewritten() {
        return rewrites("orders", ACCESS_EXCLUSIVE);
    }

    private static Touch scanned() {
        return scans("orders", ACCESS_EXCLUSIVE);
    }
}
