package io.gatehouse.user;

import static io.gatehouse.db.gen.Tables.USERS;

import io.gatehouse.crypto.KeyRing.Sealed;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.jooq.Condition;
import org.jooq.DSLContext;
import org.jooq.Field;
import org.jooq.Record;
import org.jooq.Records;
import org.jspecify.annotations.Nullable;

/** Accounts in PostgreSQL. Lives for one piece of work on one connection. */
final class UserStore {

    /** An account's columns, listed once for reads and writes alike; {@link #user} makes an account of them. */
    private static final List<Field<?>> USER = List.of(
            USERS.ID,
            USERS.NAME,
            USERS.EMAIL,
            USERS.PHONE_KEY_ID,
            USERS.PHONE_SEALED,
            USERS.PHONE_INDEX,
            USERS.STATUS,
            USERS.ROLES,
            USERS.LAST_LOGIN_AT,
            USERS.CREATED_AT,
            USERS.UPDATED_AT);

    private final DSLContext sql;

    UserStore(DSLContext sql) {
        this.sql = sql;
    }

    /** Empty when the e-mail is taken: the unique index decides. */
    Optional<User> insert(long id, NewUser wanted, List<String> roles, String hash, Instant now) {
        return sql.insertInto(USERS)
                .set(USERS.ID, id)
                .set(USERS.NAME, wanted.name())
                .set(USERS.EMAIL, wanted.email().value())
                .set(USERS.ROLES, roles.toArray(String[]::new))
                .set(USERS.PASSWORD, hash)
                .set(USERS.STATUS, User.Status.NORMAL.number())
                .set(USERS.CREATED_AT, now)
                .set(USERS.UPDATED_AT, now)
                .onConflict(USERS.EMAIL)
                .doNothing()
                .returningResult(USER)
                .fetchOptional(UserStore::user);
    }

    Optional<User> find(long id) {
        return sql.select(USER).from(USERS).where(USERS.ID.eq(id)).fetchOptional(UserStore::user);
    }

    Optional<Credentials> findCredentials(Email email) {
        return findCredentials(USERS.EMAIL.eq(email.value()));
    }

    Optional<Credentials> findCredentials(long id) {
        return findCredentials(USERS.ID.eq(id));
    }

    private Optional<Credentials> findCredentials(Condition account) {
        return sql.select(USERS.ID, USERS.PASSWORD, USERS.STATUS)
                .from(USERS)
                .where(account)
                .fetchOptional(
                        Records.mapping((id, hash, status) -> new Credentials(id, hash, User.Status.of(status))));
    }

    /**
     * Notes a sign-in, if the account still is what it was when its password was verified; locks the row, so that a
     * ban or a new password either comes first and wins, or comes after.
     */
    Optional<User> signIn(Credentials verified, String newHash, Instant now) {
        return sql.update(USERS)
                .set(USERS.LAST_LOGIN_AT, now)
                .set(USERS.PASSWORD, newHash)
                .where(USERS.ID.eq(verified.id()))
                .and(USERS.PASSWORD.eq(verified.hash()))
                .and(USERS.STATUS.eq(User.Status.NORMAL.number()))
                .returningResult(USER)
                .fetchOptional(UserStore::user);
    }

    /** Empty when the account may not be used. */
    Optional<User> changeProfile(long id, ProfileChange change, Instant now) {
        Map<Field<?>, @Nullable Object> columns = new HashMap<>();
        columns.put(USERS.UPDATED_AT, now);
        change.name().ifPresent(name -> columns.put(USERS.NAME, name));
        change.phone().ifPresent(phone -> {
            columns.put(USERS.PHONE_SEALED, phone.sealed().payload());
            columns.put(USERS.PHONE_INDEX, phone.index());
            columns.put(USERS.PHONE_KEY_ID, phone.sealed().keyId());
        });
        if (change.withoutPhone()) {
            Stream.of(USERS.PHONE_SEALED, USERS.PHONE_INDEX, USERS.PHONE_KEY_ID)
                    .forEach(column -> columns.put(column, null));
        }
        return sql.update(USERS)
                .set(columns)
                .where(USERS.ID.eq(id))
                .and(USERS.STATUS.eq(User.Status.NORMAL.number()))
                .returningResult(USER)
                .fetchOptional(UserStore::user);
    }

    /** @param indexes under which the number may stand */
    List<User> findByPhone(List<byte[]> indexes) {
        return sql.select(USER)
                .from(USERS)
                .where(USERS.PHONE_INDEX.in(indexes))
                .orderBy(USERS.ID)
                .fetch(UserStore::user);
    }

    /** Empty when the account is no longer what its password was verified against. */
    Optional<User> changePassword(Credentials verified, String hash, Instant now) {
        return sql.update(USERS)
                .set(USERS.PASSWORD, hash)
                .set(USERS.UPDATED_AT, now)
                .where(USERS.ID.eq(verified.id()))
                .and(USERS.PASSWORD.eq(verified.hash()))
                .and(USERS.STATUS.eq(User.Status.NORMAL.number()))
                .returningResult(USER)
                .fetchOptional(UserStore::user);
    }

    /** Empty when there is no such account, or it has none of the states that may change into this one. */
    Optional<User> changeStatus(Email email, Set<User.Status> from, User.Status status, Instant now) {
        return sql.update(USERS)
                .set(USERS.STATUS, status.number())
                .set(USERS.UPDATED_AT, now)
                .where(USERS.EMAIL.eq(email.value()))
                .and(USERS.STATUS.in(from.stream().map(User.Status::number).toList()))
                .returningResult(USER)
                .fetchOptional(UserStore::user);
    }

    /** Empty when there is no such account. */
    Optional<User> changeRoles(Email email, List<String> roles, Instant now) {
        return sql.update(USERS)
                .set(USERS.ROLES, roles.toArray(String[]::new))
                .set(USERS.UPDATED_AT, now)
                .where(USERS.EMAIL.eq(email.value()))
                .returningResult(USER)
                .fetchOptional(UserStore::user);
    }

    private static User user(Record row) {
        return new User(
                row.get(USERS.ID),
                row.get(USERS.NAME),
                row.get(USERS.EMAIL),
                phone(row.get(USERS.PHONE_KEY_ID), row.get(USERS.PHONE_SEALED), row.get(USERS.PHONE_INDEX)),
                User.Status.of(row.get(USERS.STATUS)),
                List.of(row.get(USERS.ROLES)),
                Optional.ofNullable(row.get(USERS.LAST_LOGIN_AT)),
                row.get(USERS.CREATED_AT),
                row.get(USERS.UPDATED_AT));
    }

    private static Optional<SealedPhone> phone(
            @Nullable String keyId, byte @Nullable [] sealed, byte @Nullable [] index) {
        return keyId == null || sealed == null || index == null
                ? Optional.empty()
                : Optional.of(new SealedPhone(new Sealed(keyId, sealed), index));
    }
}
