package dev.meseta.manager.tasks.internal;

import java.io.PrintWriter;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.logging.Logger;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * A way to the database that can be cut: what lies behind it is then, for the database, a dead process. Counts what goes
 * through (connections taken, statements prepared, commits) and can cut itself at one of them, before or after it.
 */
final class SeverableDataSource implements DataSource {

    private static final Set<String> COUNTED = Set.of("prepareStatement", "commit");

    private final DataSource target;
    private final AtomicInteger uses = new AtomicInteger();
    private final int cutAt;
    private final boolean afterwards;
    private final CompletableFuture<String> severed = new CompletableFuture<>();

    /**
     * @param cutAt number of the use to die at; 0: never by itself
     * @param afterwards die when that use has been carried out
     */
    SeverableDataSource(DataSource target, int cutAt, boolean afterwards) {
        this.target = target;
        this.cutAt = cutAt;
        this.afterwards = afterwards;
    }

    void sever() {
        severed.complete("severed");
    }

    boolean isSevered() {
        return severed.isDone();
    }

    /** Done when the way is cut. */
    CompletableFuture<String> severed() {
        return severed;
    }

    @Override
    public Connection getConnection() throws SQLException {
        requireWhole();
        Connection real = target.getConnection();
        return (Connection) Proxy.newProxyInstance(
                Connection.class.getClassLoader(), new Class<?>[] {Connection.class}, (proxy, method, arguments) -> {
                    boolean counted = COUNTED.contains(method.getName());
                    boolean last = counted && uses.incrementAndGet() == cutAt;
                    if (last && !afterwards) {
                        sever();
                    }
                    if (counted) {
                        requireWhole();
                    }
                    try {
                        Object result = method.invoke(real, arguments);
                        if (last) {
                            sever();
                            throw dead();
                        }
                        return result;
                    } catch (InvocationTargetException e) {
                        throw e.getCause() == null ? e : e.getCause();
                    }
                });
    }

    private void requireWhole() throws SQLException {
        if (isSevered()) {
            throw dead();
        }
    }

    private static SQLException dead() {
        return new SQLException("the process is dead", "08006");
    }

    @Override
    public Connection getConnection(String username, String password) throws SQLException {
        return getConnection();
    }

    @Override
    public @Nullable PrintWriter getLogWriter() throws SQLException {
        return target.getLogWriter();
    }

    @Override
    public void setLogWriter(@Nullable PrintWriter out) throws SQLException {
        target.setLogWriter(out);
    }

    @Override
    public void setLoginTimeout(int seconds) throws SQLException {
        target.setLoginTimeout(seconds);
    }

    @Override
    public int getLoginTimeout() throws SQLException {
        return target.getLoginTimeout();
    }

    @Override
    public Logger getParentLogger() {
        return Logger.getGlobal();
    }

    @Override
    public <T> T unwrap(Class<T> type) throws SQLException {
        return target.unwrap(type);
    }

    @Override
    public boolean isWrapperFor(Class<?> type) throws SQLException {
        return target.isWrapperFor(type);
    }
}
