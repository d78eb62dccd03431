package dev.meseta.lab.faults;

import dev.meseta.lab.stack.EmbeddedDatabase;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Properties;

/** The managers' PostgreSQL, as a victim and as a witness. */
final class Database {

    private static final int CONNECT_SECONDS = 10;
    private static final int READ_SECONDS = 30;
    private static final int PORT_LINE = 3;
    private static final String ADDRESS = "127.0.0.1";

    private final EmbeddedDatabase process;
    private final Path state;
    private final Firewall firewall;

    /** @param state folder that holds its data and its password */
    Database(EmbeddedDatabase process, Path state, Firewall firewall) {
        this.process = process;
        this.state = state;
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
        firewall.cut(ADDRESS, port());
    }

    void mend() {
        firewall.mend(ADDRESS, port());
    }

    /** @throws UncheckedIOException when it cannot be reached */
    Connection connect() {
        try {
            Properties properties = new Properties();
            properties.setProperty("user", "meseta");
            properties.setProperty(
                    "password",
                    Files.readString(state.resolve("postgres.password")).strip());
            properties.setProperty("connectTimeout", Integer.toString(CONNECT_SECONDS));
            properties.setProperty("socketTimeout", Integer.toString(READ_SECONDS));
            return DriverManager.getConnection(
                    "jdbc:postgresql://%s:%d/postgres".formatted(ADDRESS, port()), properties);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (SQLException e) {
            throw new UncheckedIOException(new IOException("the database cannot be reached", e));
        }
    }

    private int port() {
        try {
            Path pidFile = state.resolve("postgres").resolve("postmaster.pid");
            return Integer.parseInt(Files.readAllLines(pidFile).get(PORT_LINE).strip());
        } catch (IOException e) {
            throw new UncheckedIOException("the database does not run", e);
        }
    }
}
