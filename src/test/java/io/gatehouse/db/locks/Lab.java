package io.gatehouse.db.locks;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.Arguments;

/**
 * Changesets on tables that hold rows, with what they lock, read and rewrite according to PostgreSQL's manual
 * (postgresql.org/docs/18 and /15; pages by their file name). Where the manual is silent, the function of PostgreSQL's
 * source that decides is named instead.
 */
final class Lab {

    static final List<LabChange> CHANGES = Stream.of(
                    LabColumns.added(),
                    LabColumns.altered(),
                    LabTypes.changed(),
                    LabTypes.named(),
                    LabConstraints.checks(),
                    LabConstraints.foreignKeys(),
                    LabConstraints.keys(),
                    LabIndexes.plain(),
                    LabIndexes.concurrent(),
                    LabRelations.tables(),
                    LabRelations.triggers(),
                    LabRelations.created(),
                    LabPartitions.all(),
                    LabRows.written(),
                    LabRows.related(),
                    LabRows.read())
            .flatMap(List::stream)
            .toList();

    private Lab() {}

    /** All of them on both versions. */
    static Stream<Arguments> changes() {
        return Stream.of(18, 15).flatMap(version -> CHANGES.stream().map(change -> Arguments.of(version, change)));
    }
}
