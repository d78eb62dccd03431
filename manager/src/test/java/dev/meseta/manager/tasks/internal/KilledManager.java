package dev.meseta.manager.tasks.internal;

import com.zaxxer.hikari.HikariDataSource;
import dev.meseta.manager.database.TestPostgres;
import dev.meseta.manager.tasks.internal.Script.Steps;
import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.concurrent.CountDownLatch;

/** A process with an engine in it that prints the operation id of the step it is in, and never leaves that step. */
final class KilledManager {

    static final String KIND = "test.killed";
    static final String NAME = "manager";

    private KilledManager() {}

    static Process spawn(TestPostgres.Database database) throws IOException {
        var builder = new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                KilledManager.class.getName(),
                database.jdbcUrl(),
                database.username());
        builder.environment().put("DATABASE_PASSWORD", database.password());
        return builder.redirectError(ProcessBuilder.Redirect.INHERIT).start();
    }

    public static void main(String[] arguments) throws InterruptedException {
        String password = System.getenv("DATABASE_PASSWORD");
        if (password == null) {
            throw new IllegalStateException("DATABASE_PASSWORD is not set");
        }
        var forever = new CountDownLatch(1);
        var script = new Script(KIND).on(Steps.FIRST, context -> {
            System.out.println(context.operationId());
            System.out.flush();
            try {
                forever.await();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
            return Script.succeed(context);
        });
        try (HikariDataSource pool = new TestPostgres.Database(arguments[0], arguments[1], password).pool();
                var bench = new EngineBench(pool, NAME + ":killed", InstantSource.system(), EngineBench.FAST, script)) {
            bench.submit(KIND);
            forever.await();
        }
    }
}
