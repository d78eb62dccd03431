package dev.meseta.lab.faults;

import dev.meseta.lab.stack.EmbeddedDatabase;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;

/** The managers' PostgreSQL, as a victim and as a witness. */
final class Database {

    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final EmbeddedDatabase process;
    private final Firewall firewall;

    Database(EmbeddedDatabase process, Firewall firewall) {
        this.process = process;
        this.firewall = firewall;
    }

    void kill() {
        process.kill();
    }

    /** Starts it on its old port; recovers what was written ahead. */
    void start() {
        process.start();
    }

    void pause() {
        process.pause();
    }

    void resume() {
        process.resume();
    }

    /** Nothing comes or goes between it and anybody, and nobody is told. */
    void cutOff() {
        firewall.cut(EmbeddedDatabase.ADDRESS, process.port());
    }

    void mend() {
        firewall.mend(EmbeddedDatabase.ADDRESS, process.port());
    }

    /** @throws UncheckedIOException when it cannot be reached */
    Connection connect() {
        try {
            return process.connect(PATIENCE);
        } catch (SQLException e) {
            throw new UncheckedIOException(new IOException("the database cannot be reached", e));
        }
    }
}
