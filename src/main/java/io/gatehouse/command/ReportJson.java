package io.gatehouse.command;

import io.gatehouse.config.Settings.Postgres;
import io.gatehouse.db.locks.Report;
import io.gatehouse.db.locks.Report.Change;
import io.gatehouse.db.locks.Report.Effect;
import io.gatehouse.db.locks.Report.Step;
import io.gatehouse.http.Json;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A lock report for programs; db/README.md shows one. Fields are only ever added. Stateless. */
final class ReportJson {

    private ReportJson() {}

    static String of(Report report, Postgres target) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("database", target.database());
        json.put("host", target.hosts(","));
        json.put("role", target.ddl().user());
        json.put("analysedOn", report.analysedOn());
        json.put("target", report.target());
        json.put("verdict", report.verdict().toString());
        json.put("remarks", report.remarks());
        json.put("changesets", report.changes().stream().map(ReportJson::change).toList());
        return new String(new Json().write(json), StandardCharsets.UTF_8);
    }

    private static Map<String, Object> change(Change change) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("id", change.id());
        json.put("file", change.file());
        json.put("transactional", change.transactional());
        json.put("verdict", change.verdict().toString());
        json.put("statements", change.steps().stream().map(ReportJson::step).toList());
        return json;
    }

    private static Map<String, Object> step(Step step) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("sql", step.sql());
        json.put("verdict", step.verdict().toString());
        json.put("byRule", step.byRule());
        List<Map<String, Object>> effects =
                step.effects().stream().map(ReportJson::effect).toList();
        json.put("effects", effects);
        json.put("reasons", step.reasons());
        step.safer().ifPresent(safer -> json.put("safer", safer));
        return json;
    }

    private static Map<String, Object> effect(Effect effect) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("table", effect.table());
        json.put("lock", effect.lock().toString());
        json.put("blocksReads", effect.lock().blocksReads());
        json.put("blocksWrites", effect.lock().blocksWrites());
        json.put("rewritten", effect.rewritten());
        json.put("scanned", effect.scanned());
        json.put("rows", effect.rows());
        json.put("bytes", effect.bytes());
        return json;
    }
}
