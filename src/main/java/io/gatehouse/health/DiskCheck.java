package io.gatehouse.health;

import io.helidon.health.HealthCheck;
import io.helidon.health.HealthCheckResponse;
import io.helidon.health.HealthCheckType;
import java.io.IOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * Whether there is room where the service writes.
 *
 * @param folders need not exist yet
 * @param leastBytes that have to be free, or
 * @param leastPercent of the disk, whichever is less: a small disk may be full of what belongs there, a large one has much
 *     left at 95 %
 */
public record DiskCheck(List<Path> folders, long leastBytes, long leastPercent) implements HealthCheck {

    /** With the bounds of production: 1 GiB, or 5 %. */
    public static DiskCheck of(List<Path> folders) {
        return new DiskCheck(folders, 1L << 30, 5);
    }

    /** Room on the file system of one folder. Nobody writes to a read-only one. */
    private record Room(String folder, long freeBytes, long totalBytes, boolean readOnly) {

        static Room of(Path folder) throws IOException {
            FileStore store = Files.getFileStore(existing(folder));
            return new Room(folder.toString(), store.getUsableSpace(), store.getTotalSpace(), store.isReadOnly());
        }

        boolean has(long leastBytes, long leastPercent) {
            return readOnly || freeBytes >= Math.min(leastBytes, totalBytes / 100 * leastPercent);
        }

        private static Path existing(Path folder) throws IOException {
            return Stream.iterate(folder.toAbsolutePath(), Path::getParent)
                    .takeWhile(it -> it != null)
                    .filter(Files::exists)
                    .findFirst()
                    .orElseThrow(() -> new IOException("No folder above " + folder));
        }
    }

    @Override
    public String name() {
        return "disk";
    }

    @Override
    public HealthCheckType type() {
        return HealthCheckType.READINESS;
    }

    @Override
    public HealthCheckResponse call() {
        List<Room> rooms = new ArrayList<>();
        try {
            for (Path folder : folders) {
                rooms.add(Room.of(folder));
            }
        } catch (IOException e) {
            return HealthCheckResponse.builder()
                    .status(false)
                    .detail("cause", String.valueOf(e.getMessage()))
                    .build();
        }
        return HealthCheckResponse.builder()
                .status(rooms.stream().allMatch(room -> room.has(leastBytes, leastPercent)))
                .detail("folders", rooms)
                .build();
    }
}
