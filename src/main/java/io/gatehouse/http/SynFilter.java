package io.gatehouse.http;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps new connections from a listening socket of this process and leaves those that are made. For the moment before
 * it is closed: then the kernel resets connections that clients have made and nobody has accepted, and with them the
 * requests that were sent already, which no proxy may send again. Clients whose SYN is dropped try again after a second
 * and find the port closed; a proxy then takes another replica.
 *
 * <p>Linux only, which gives every process this right; Java has no call for it. A filter of the classic BPF, see
 * {@code Documentation/networking/filter.rst} and {@code socket(7)} of Linux. Stateless.
 */
final class SynFilter {

    private static final Logger log = LoggerFactory.getLogger(SynFilter.class);

    private static final int SOL_SOCKET = 1;
    private static final int SO_ATTACH_FILTER = 26;

    private static final Path SELF = Path.of("/proc/self");

    /** Columns of {@code /proc/net/tcp}; see {@code proc_net(5)}. */
    private static final int LOCAL_ADDRESS = 1;

    private static final int STATE = 3;
    private static final int INODE = 9;
    private static final String LISTENS = "0A";

    /** Passes everything but a SYN without ACK. */
    private static final List<Instruction> PROGRAM = List.of(
            new Instruction(0x30, 0, 13), // load the byte of the TCP header that has the flags
            new Instruction(0x54, 0, 0x12), // of these SYN and ACK
            new Instruction(0x15, 1, 0x02), // SYN alone? else skip one
            new Instruction(0x06, 0, 0), // drop
            new Instruction(0x06, 0, -1)); // pass

    private SynFilter() {}

    private record Instruction(int code, int jumpIfFalse, int operand) {}

    /** Whether it was done; where it cannot be, closing is as abrupt as ever. */
    static boolean attach(int port) {
        try {
            Optional<Integer> descriptor = descriptor(port);
            return descriptor.isPresent() && attachTo(descriptor.get());
        } catch (IOException | RuntimeException e) {
            log.debug("no filter for new connections", e);
            return false;
        }
    }

    /** Of the socket that listens on the port, from what the kernel tells this process of itself. */
    private static Optional<Integer> descriptor(int port) throws IOException {
        Set<String> listening = new HashSet<>();
        for (String table : List.of("tcp", "tcp6")) {
            Path file = SELF.resolve("net").resolve(table);
            if (Files.exists(file)) {
                listening.addAll(listening(Files.readAllLines(file), port));
            }
        }
        try (Stream<Path> all = Files.list(SELF.resolve("fd"))) {
            return all.filter(fd -> listening.contains(target(fd)))
                    .map(fd -> Integer.parseInt(fd.getFileName().toString()))
                    .findFirst();
        }
    }

    /** Of this process and others: tables are of the whole network namespace, open files of this process alone. */
    private static List<String> listening(List<String> table, int port) {
        return table.stream()
                .map(line -> List.of(line.trim().split("\\s+")))
                .filter(fields -> listensOn(fields, port))
                .map(fields -> "socket:[" + fields.get(INODE) + "]")
                .toList();
    }

    private static boolean listensOn(List<String> fields, int port) {
        return fields.size() > INODE
                && fields.get(STATE).equals(LISTENS)
                && fields.get(LOCAL_ADDRESS)
                        .endsWith(":" + HexFormat.of().withUpperCase().toHexDigits((short) port));
    }

    private static String target(Path fd) {
        try {
            return Files.readSymbolicLink(fd).toString();
        } catch (IOException e) {
            return ""; // closed since
        }
    }

    @SuppressWarnings("restricted")
    private static boolean attachTo(int descriptor) {
        Linker linker = Linker.nativeLinker();
        MethodHandle setsockopt = linker.downcallHandle(
                linker.defaultLookup().findOrThrow("setsockopt"),
                FunctionDescriptor.of(
                        ValueLayout.JAVA_INT,
                        ValueLayout.JAVA_INT,
                        ValueLayout.JAVA_INT,
                        ValueLayout.JAVA_INT,
                        ValueLayout.ADDRESS,
                        ValueLayout.JAVA_INT));
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment program = program(arena);
            return (int) setsockopt.invokeExact(
                            descriptor, SOL_SOCKET, SO_ATTACH_FILTER, program, (int) program.byteSize())
                    == 0;
        } catch (Throwable e) {
            throw new IllegalStateException(e);
        }
    }

    /** A {@code struct sock_fprog} with its array of {@code struct sock_filter}. */
    private static MemorySegment program(Arena arena) {
        MemorySegment filter = arena.allocate(8L * PROGRAM.size(), 8);
        for (int i = 0; i < PROGRAM.size(); i++) {
            Instruction instruction = PROGRAM.get(i);
            filter.set(ValueLayout.JAVA_SHORT, 8L * i, (short) instruction.code());
            filter.set(ValueLayout.JAVA_BYTE, 8L * i + 3, (byte) instruction.jumpIfFalse());
            filter.set(ValueLayout.JAVA_INT, 8L * i + 4, instruction.operand());
        }
        MemorySegment program = arena.allocate(16, 8);
        program.set(ValueLayout.JAVA_SHORT, 0, (short) PROGRAM.size());
        program.set(ValueLayout.ADDRESS, 8, filter);
        return program;
    }
}
