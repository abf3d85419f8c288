package io.gatehouse.db.locks;

import io.gatehouse.db.PlannedChange;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A changeset of the lab with what it does according to PostgreSQL's manual.
 *
 * @param manual page or section that the expectation is from; a page of the source where the manual is silent
 * @param setup what is there before, beside {@link LabTables}
 */
record LabChange(String name, String manual, List<String> setup, List<Step> steps) {

    /**
     * A statement.
     *
     * @param touches expected on 18, without tables that the changeset made itself
     * @param before18 the same on 15
     * @param heldBy for what cannot run in a transaction: what another session must have done in an open one, so that
     *     this waits in its midst and can be looked at
     */
    record Step(String sql, List<Touch> touches, List<Touch> before18, Optional<String> heldBy) {

        List<Touch> on(int version) {
            return version < 18 ? before18 : touches;
        }
    }

    static LabChange change(String name, String manual) {
        return new LabChange(name, manual, List.of(), List.of());
    }

    LabChange given(String sql) {
        return new LabChange(name, manual, appended(setup, sql), steps);
    }

    LabChange step(String sql, Touch... touches) {
        return with(new Step(sql, List.of(touches), List.of(touches), Optional.empty()));
    }

    /** Where 15 does something else. */
    LabChange step(String sql, List<Touch> touches, List<Touch> before18) {
        return with(new Step(sql, touches, before18, Optional.empty()));
    }

    LabChange held(String heldBy, String sql, Touch... touches) {
        return with(new Step(sql, List.of(touches), List.of(touches), Optional.of(heldBy)));
    }

    boolean transactional() {
        return steps.stream().allMatch(step -> step.heldBy().isEmpty());
    }

    PlannedChange planned() {
        return new PlannedChange(
                "lab", "lab.sql", transactional(), steps.stream().map(Step::sql).toList());
    }

    /** The strongest lock on each table after a step, with those that its transaction still holds. */
    Map<String, LockMode> held(int step, int version) {
        int first = transactional() ? 0 : step;
        Map<String, LockMode> strongest = new HashMap<>();
        steps.subList(first, step + 1).stream()
                .flatMap(each -> each.on(version).stream())
                .forEach(touch -> strongest.merge(touch.table(), touch.lock(), LabChange::stronger));
        return strongest;
    }

    private static LockMode stronger(LockMode one, LockMode other) {
        return one.compareTo(other) < 0 ? other : one;
    }

    private LabChange with(Step step) {
        return new LabChange(name, manual, setup, appended(steps, step));
    }

    private static <T> List<T> appended(List<T> list, T last) {
        return Stream.concat(list.stream(), Stream.of(last)).toList();
    }

    @Override
    public String toString() {
        return name;
    }
}
