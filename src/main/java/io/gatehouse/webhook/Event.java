package io.gatehouse.webhook;

import java.util.List;

/**
 * Something that happened, in ids and facts: nothing that opens a door, and nothing personal. Whoever may know more asks
 * for it by the id. Components become JSON as they stand; ids are texts, because JavaScript rounds numbers of this size.
 */
public sealed interface Event {

    EventType type();

    /** An account was made. */
    record UserRegistered(String userId, List<String> roles) implements Event {

        public UserRegistered(long userId, List<String> roles) {
            this(Long.toString(userId), roles);
        }

        @Override
        public EventType type() {
            return EventType.USER_REGISTERED;
        }
    }

    /**
     * An account changed.
     *
     * @param changed names of what is another now: {@code name}, {@code phone}, {@code password}, {@code roles},
     *     {@code status}
     */
    record UserUpdated(String userId, List<String> changed) implements Event {

        public UserUpdated(long userId, List<String> changed) {
            this(Long.toString(userId), changed);
        }

        @Override
        public EventType type() {
            return EventType.USER_UPDATED;
        }
    }

    /** An account was barred; its sessions are revoked, too. */
    record UserBanned(String userId) implements Event {

        public UserBanned(long userId) {
            this(Long.toString(userId));
        }

        @Override
        public EventType type() {
            return EventType.USER_BANNED;
        }
    }

    /** Somebody signed in. */
    record SessionCreated(String sessionId, String userId) implements Event {

        public SessionCreated(long sessionId, long userId) {
            this(Long.toString(sessionId), Long.toString(userId));
        }

        @Override
        public EventType type() {
            return EventType.SESSION_CREATED;
        }
    }

    /**
     * A session was ended before its time. One that only runs out is told of by nobody.
     *
     * @param reason such as {@code logout}
     */
    record SessionRevoked(String sessionId, String userId, String reason) implements Event {

        public SessionRevoked(long sessionId, long userId, String reason) {
            this(Long.toString(sessionId), Long.toString(userId), reason);
        }

        @Override
        public EventType type() {
            return EventType.SESSION_REVOKED;
        }
    }
}
