package io.gatehouse.job;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.CommandRun;
import io.gatehouse.support.LauncherProcess.Ran;
import io.gatehouse.support.TestService;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code jobs list} and {@code jobs run}, as operators use them beside a running service. */
class JobsCommandTest {

    @RegisterExtension
    private static final TestService SERVICE = new TestService();

    @TempDir
    private Path folder;

    @Test
    void aRunShowsInTheListAndInItsHistory() throws Exception {
        SERVICE.client().signedIn("purged@example.com");
        SERVICE.execute("""
                update sessions set created_at = created_at - interval '60 days',
                    ended_at = now() - interval '31 days', end_reason = 'test'""");

        Ran run = jobs("run", "session-purge");
        assertThat(run.output()).contains("session-purge: 1 rows");
        assertThat(run.exitCode()).isZero();

        assertThat(jobs("list").output())
                .containsPattern("session-purge +0 17 \\* \\* \\* \\? +Z +one replica .* completed, 1 rows, took")
                .containsPattern("reseal +by hand .* never");
        assertThat(jobs("list", "session-purge").output()).containsPattern("completed +1 +\\S+ pid \\d+");
    }

    @Test
    void aJobThatIsBeingRunIsNotRunTwice() throws Exception {
        SERVICE.execute("""
                insert into jobs (name, tick_at, fence, runner, runner_name, leased_until)
                values ('history-purge', now(), 7, gen_random_uuid(), 'far pid 1', now() + interval '1 minute')
                on conflict (name) do update
                set runner = excluded.runner, runner_name = excluded.runner_name, leased_until = excluded.leased_until""");

        Ran ran = jobs("run", "history-purge");

        assertThat(ran.exitCode()).isEqualTo(1);
        assertThat(ran.output()).contains("history-purge is being run by far pid 1; try again");
    }

    @ParameterizedTest
    @ValueSource(strings = {"run nothing", "list nothing", "run reseal now"})
    void whatIsNoUsageIsSaidBeforeAnythingStarts(String arguments) throws Exception {
        Ran ran = CommandRun.run(folder, Map.of(), ("jobs " + arguments).split(" ", -1));

        assertThat(ran.exitCode()).isEqualTo(2);
        assertThat(ran.output())
                .contains(
                        "./gatehouse jobs run history-purge | log-rotation | reseal | session-purge | system-load | webhook-purge");
    }

    private Ran jobs(String... arguments) throws Exception {
        String[] line = new String[arguments.length + 1];
        line[0] = "jobs";
        System.arraycopy(arguments, 0, line, 1, arguments.length);
        return CommandRun.run(folder, SERVICE.asEnvironment(), line);
    }
}
