package io.gatehouse.embedded;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Tells the daemon of a folder from every other process, for ids are reused, after a reboot even by the same program.
 *
 * @param program file name of the executable
 * @param folder where the daemon works; both stores stand in their data folder before they touch it
 * @param mark a part of the command line that names the folder, for systems that do not tell the former (macOS)
 */
record StoreProcess(String program, Path folder, String mark) {
    private static final Path PROC = Path.of("/proc");

    boolean is(long pid) {
        return Processes.running(pid)
                && ProcessHandle.of(pid).filter(this::matches).isPresent();
    }

    /** The daemon, when no pid file names it: it may have been started a moment ago, by a service that died since. */
    Optional<Long> find() {
        return ProcessHandle.allProcesses()
                .filter(this::matches)
                .map(ProcessHandle::pid)
                .filter(Processes::running)
                .findFirst();
    }

    private boolean matches(ProcessHandle process) {
        ProcessHandle.Info info = process.info();
        return info.command().filter(this::isProgram).isPresent()
                && (Files.isDirectory(PROC)
                        ? worksInFolder(process.pid())
                        : info.commandLine().filter(line -> line.contains(mark)).isPresent());
    }

    // The kernel says so when the file was removed under the running program, as `mvn clean` does in tests.
    private boolean isProgram(String command) {
        return command.endsWith("/" + program) || command.endsWith("/" + program + " (deleted)");
    }

    // Compared by device and inode, so a folder that was moved under a running daemon is still recognised.
    private boolean worksInFolder(long pid) {
        try {
            return Files.isSameFile(PROC.resolve(Long.toString(pid)).resolve("cwd"), folder);
        } catch (IOException e) {
            return false; // not ours to look at, or gone meanwhile
        }
    }
}
