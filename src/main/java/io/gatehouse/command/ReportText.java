package io.gatehouse.command;

import io.gatehouse.db.locks.Report;
import io.gatehouse.db.locks.Report.Change;
import io.gatehouse.db.locks.Report.Effect;
import io.gatehouse.db.locks.Report.Step;
import java.io.PrintStream;
import java.util.Locale;

/** A lock report for people. Stateless. */
final class ReportText {

    private static final String INDENT = "      ";

    private ReportText() {}

    static void print(Report report, PrintStream out) {
        report.remarks().forEach(remark -> out.println("Note: " + remark));
        report.changes().forEach(change -> print(change, out));
        if (report.changes().isEmpty()) {
            out.println("Nothing waits.");
            return;
        }
        out.printf(
                "%n%d wait: %s (analysed on PostgreSQL %s, target %s)%n",
                report.changes().size(), report.verdict().words(), report.analysedOn(), report.target());
    }

    private static void print(Change change, PrintStream out) {
        boolean idle = change.steps().stream().noneMatch(ReportText::worthReading);
        out.printf(
                "%n%s  %s%n  %s, %s%s%n",
                change.id(),
                change.verdict().words().toUpperCase(Locale.ROOT),
                change.file(),
                change.transactional() ? "in one transaction" : "each statement by itself",
                idle ? "; touches nothing that the target has" : "");
        int number = 0;
        for (Step step : change.steps()) {
            number++;
            if (worthReading(step)) {
                print(number, step, out);
            }
        }
    }

    /** Settings, and statements about what the changeset has just made, say nothing to anybody. */
    private static boolean worthReading(Step step) {
        return !step.effects().isEmpty() || !step.reasons().isEmpty();
    }

    private static void print(int number, Step step, PrintStream out) {
        out.printf("  %2d. %s%s%n", number, step.line(), step.byRule() ? "  (by rule)" : "");
        step.effects().forEach(effect -> out.println(INDENT + line(effect)));
        step.reasons().forEach(reason -> out.println(INDENT + "! " + reason));
        step.safer().ifPresent(safer -> out.println(INDENT + "safer: " + safer));
    }

    private static String line(Effect effect) {
        String labour = effect.rewritten() ? "rewritten" : effect.scanned() ? "read as a whole" : "not read";
        return "%s: %s, blocks %s; %s; %s"
                .formatted(effect.table(), effect.lock(), effect.lock().blocked(), labour, effect.size());
    }
}
