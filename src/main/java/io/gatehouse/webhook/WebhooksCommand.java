package io.gatehouse.webhook;

import io.gatehouse.command.Command;
import io.gatehouse.command.UsageException;
import io.gatehouse.outgoing.Outgoing;
import java.io.PrintStream;
import java.net.URI;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** {@code webhooks add | list | rotate | pause | resume | remove | deliveries | repeat}: who is told what happened. */
public final class WebhooksCommand implements Command {

    private static final String USAGE = """
            ./gatehouse webhooks add URL [--events TYPE,TYPE]
            ./gatehouse webhooks list
            ./gatehouse webhooks rotate | pause | resume | remove ENDPOINT
            ./gatehouse webhooks deliveries ENDPOINT [--state waiting | parked | delivered | failed]
            ./gatehouse webhooks repeat ENDPOINT [EVENT]""";

    private final Endpoints endpoints;
    private final WebhookReport report;
    private final PrintStream out;

    public WebhooksCommand(Endpoints endpoints, PrintStream out) {
        this.endpoints = endpoints;
        this.report = new WebhookReport(out);
        this.out = out;
    }

    /** Refuses arguments that {@link #run} would, before any store is started for them. */
    public static void requireKnown(List<String> arguments) {
        String action = arguments.isEmpty() ? "" : arguments.getFirst();
        int count = arguments.size();
        boolean known = switch (action) {
            case "add" -> url(arguments).isPresent() && events(arguments).isPresent();
            case "list" -> count == 1;
            case "rotate", "pause", "resume", "remove" -> count == 2 && isId(arguments.get(1));
            case "deliveries" -> (count == 2 || count == 4) && isId(arguments.get(1)) && isState(arguments);
            case "repeat" ->
                (count == 2 || count == 3)
                        && arguments.subList(1, count).stream().allMatch(WebhooksCommand::isId);
            default -> false;
        };
        if (!known) {
            throw new UsageException(USAGE + "\nTypes: " + String.join(", ", EventType.texts()));
        }
    }

    /** Whether secrets are sealed by it, so that there has to be a key. */
    public static boolean seals(List<String> arguments) {
        return !arguments.isEmpty() && List.of("add", "rotate").contains(arguments.getFirst());
    }

    @Override
    public int run(List<String> arguments) {
        requireKnown(arguments);
        String action = arguments.getFirst();
        if (action.equals("add")) {
            return add(url(arguments).orElseThrow(), events(arguments).orElseThrow());
        }
        if (action.equals("list")) {
            report.endpoints(endpoints.list());
            return 0;
        }
        long id = Long.parseLong(arguments.get(1));
        return switch (action) {
            case "rotate" -> rotate(id);
            case "pause" -> tell(endpoints.pause(id), "is paused; events are kept for it");
            case "resume" -> tell(endpoints.resume(id), "is active; what waits is sent");
            case "remove" -> tell(endpoints.remove(id), "is removed, with its deliveries");
            case "deliveries" -> deliveries(id, arguments);
            default -> repeat(id, arguments);
        };
    }

    private int add(URI url, List<EventType> events) {
        Optional<Endpoints.Added> added = endpoints.add(url, events);
        if (added.isEmpty()) {
            out.println("There are as many endpoints as there may be; remove one first");
            return 1;
        }
        out.printf(
                "Endpoint %d gets %s%n",
                added.get().endpoint().id(),
                String.join(", ", added.get().endpoint().events()));
        return show(added.get().secret());
    }

    private int rotate(long id) {
        Optional<EndpointSecret> secret = endpoints.rotate(id);
        if (secret.isEmpty()) {
            return tell(false, "");
        }
        out.println("Deliveries are signed with the secret before this one, too, for 24 hours");
        return show(secret.get());
    }

    private int show(EndpointSecret secret) {
        out.println("Secret " + secret.text());
        out.println("It is shown only now; give it to whoever verifies the signatures (docs/webhooks.md)");
        return 0;
    }

    private int deliveries(long id, List<String> arguments) {
        if (endpoints.list().stream().noneMatch(endpoint -> endpoint.id() == id)) {
            return tell(false, "");
        }
        Optional<Delivery.State> state =
                arguments.size() == 4 ? Optional.of(Delivery.State.of(arguments.get(3))) : Optional.empty();
        report.deliveries(endpoints.deliveries(id, state));
        return 0;
    }

    private int repeat(long id, List<String> arguments) {
        Optional<Long> event = arguments.size() == 3 ? Optional.of(Long.parseLong(arguments.get(2))) : Optional.empty();
        int repeated = endpoints.repeat(id, event);
        out.printf("%d will be sent again, beside the line, while the endpoint is active%n", repeated);
        return repeated > 0 || event.isEmpty() ? 0 : 1;
    }

    private int tell(boolean known, String what) {
        out.println(known ? "The endpoint " + what : "There is no such endpoint");
        return known ? 0 : 1;
    }

    private static boolean isId(String text) {
        return text.matches("\\d{1,18}|[1-8]\\d{18}");
    }

    private static boolean isState(List<String> arguments) {
        return arguments.size() == 2
                || (arguments.get(2).equals("--state")
                        && Arrays.stream(Delivery.State.values())
                                .anyMatch(state -> state.text().equals(arguments.get(3))));
    }

    /** Empty when it is none that could be posted to. */
    private static Optional<URI> url(List<String> arguments) {
        boolean usable =
                arguments.size() >= 2 && Outgoing.refusal(arguments.get(1)).isEmpty();
        return usable ? Optional.of(URI.create(arguments.get(1))) : Optional.empty();
    }

    /** All of them unless some are named; empty when one is unknown. */
    private static Optional<List<EventType>> events(List<String> arguments) {
        if (arguments.size() == 2) {
            return Optional.of(List.of(EventType.values()));
        }
        if (arguments.size() != 4 || !arguments.get(2).equals("--events")) {
            return Optional.empty();
        }
        List<EventType> types = new ArrayList<>();
        for (String name : arguments.get(3).split(",", -1)) {
            Optional<EventType> type = EventType.of(name);
            if (type.isEmpty()) {
                return Optional.empty();
            }
            types.add(type.get());
        }
        return Optional.of(types.stream().distinct().toList());
    }
}
