package io.gatehouse.user;

import io.gatehouse.command.Command;
import io.gatehouse.command.UsageException;
import io.gatehouse.http.InvalidValueException;
import io.gatehouse.session.SessionEntry;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/** {@code user add | ban | unban | role | sessions | find}: what operators do to one account. */
public final class UserCommand implements Command {

    private static final String USAGE = """
            ./gatehouse user add EMAIL [--name NAME] [--role admin]
            ./gatehouse user ban | unban | sessions EMAIL
            ./gatehouse user role EMAIL user | admin
            ./gatehouse user find --phone NUMBER""";

    private static final String NONE = "There is no account ";

    private final Users users;
    private final PasswordPolicy policy;
    private final Supplier<String> password;
    private final PrintStream out;

    /** @param password asks for one; never an argument, which every process of the machine could read */
    public UserCommand(Users users, PasswordPolicy policy, Supplier<String> password, PrintStream out) {
        this.users = users;
        this.policy = policy;
        this.password = password;
        this.out = out;
    }

    /** Refuses arguments that {@link #run} would, before any store is started for them. */
    public static void requireKnown(List<String> arguments) {
        String action = arguments.isEmpty() ? "" : arguments.getFirst();
        boolean known = switch (action) {
            case "add" -> arguments.size() >= 2 && Options.of(arguments).isPresent();
            case "ban", "unban", "sessions" -> arguments.size() == 2;
            case "role" -> arguments.size() == 3 && List.of("user", "admin").contains(arguments.get(2));
            case "find" -> arguments.size() == 3 && arguments.get(1).equals("--phone");
            default -> false;
        };
        if (!known) {
            throw new UsageException(USAGE);
        }
    }

    /** Whether it looks for something sealed, so that there has to be a key. */
    public static boolean opensFields(List<String> arguments) {
        return arguments.getFirst().equals("find");
    }

    @Override
    public int run(List<String> arguments) {
        requireKnown(arguments);
        try {
            if (arguments.getFirst().equals("find")) {
                return find(Phone.parse(arguments.get(2)));
            }
            Email email = Email.parse(arguments.get(1));
            return switch (arguments.getFirst()) {
                case "add" -> add(email, Options.of(arguments).orElseThrow());
                case "ban" -> tell(users.ban(email), email, "is banned; its sessions have ended", NONE);
                case "unban" -> tell(users.unban(email), email, "may sign in again", "There is no banned account ");
                case "role" ->
                    tell(users.changeRoles(email, roles(arguments.get(2))), email, "has another role now", NONE);
                default -> sessions(email);
            };
        } catch (InvalidValueException e) {
            return fail("Not possible: " + e.reason());
        }
    }

    /** Of {@code user add}. */
    private record Options(Optional<String> name, String role) {

        /** Empty when they cannot be understood. */
        static Optional<Options> of(List<String> arguments) {
            Optional<String> name = Optional.empty();
            String role = "user";
            for (int i = 2; i < arguments.size(); i += 2) {
                if (i + 1 == arguments.size()) {
                    return Optional.empty();
                }
                String value = arguments.get(i + 1);
                switch (arguments.get(i)) {
                    case "--name" -> name = Optional.of(value);
                    case "--role" -> role = value;
                    default -> {
                        return Optional.empty();
                    }
                }
            }
            return role.equals("user") || role.equals("admin")
                    ? Optional.of(new Options(name, role))
                    : Optional.empty();
        }
    }

    private int add(Email email, Options options) {
        String name = NewUser.parseName(options.name().orElse(email.value().split("@", 2)[0]));
        NewUser wanted = new NewUser(name, email, policy.parse(password.get()));
        policy.unsuitable(wanted.password(), Optional.of(email), Optional.of(name))
                .ifPresent(violation -> {
                    throw new InvalidValueException(violation);
                });
        Optional<User> made = users.create(wanted, roles(options.role()));
        if (made.isEmpty()) {
            return fail(email.value() + " is taken");
        }
        made.ifPresent(user -> out.printf("Made account %d, %s, %s%n", user.id(), user.email(), user.roles()));
        return 0;
    }

    private static List<String> roles(String role) {
        List<String> roles = new ArrayList<>(List.of("user"));
        if (!role.equals("user")) {
            roles.add(role);
        }
        return roles;
    }

    private int tell(Optional<User> changed, Email email, String what, String otherwise) {
        if (changed.isEmpty()) {
            return fail(otherwise + email.value());
        }
        out.println(email.value() + " " + what);
        return 0;
    }

    private int sessions(Email email) {
        Optional<List<SessionEntry>> found = users.sessionsOf(email);
        if (found.isEmpty()) {
            return fail(NONE + email.value());
        }
        out.printf("%-20s %-24s %-24s %-39s %s%n", "id", "signed in", "last seen", "address", "user agent");
        found.get()
                .forEach(entry -> out.printf(
                        "%-20d %-24s %-24s %-39s %s%n",
                        entry.id(), entry.createdAt(), entry.lastSeenAt(), entry.address(), entry.userAgent()));
        out.printf("%d live%n", found.get().size());
        return 0;
    }

    private int find(Phone phone) {
        List<User> found = users.findByPhone(phone);
        found.forEach(user -> out.printf("%-20d %-40s %s, %s%n", user.id(), user.email(), user.name(), user.status()));
        out.printf("%d found%n", found.size());
        return found.isEmpty() ? 1 : 0;
    }

    private int fail(String text) {
        out.println(text);
        return 1;
    }
}
