package dev.meseta.manager.fakes;

import dev.meseta.manager.inventory.Host;
import dev.meseta.manager.inventory.Vm;
import dev.meseta.manager.network.Networks.Nic;
import dev.meseta.manager.storage.Storage.Disk;
import dev.meseta.manager.storage.Storage.Image;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.transaction.TransactionException;
import org.springframework.transaction.support.SimpleTransactionStatus;
import org.springframework.transaction.support.TransactionCallback;
import org.springframework.transaction.support.TransactionOperations;

/** The database: maps that go back to what they were when a transaction throws. */
public final class FakeRows implements TransactionOperations {

    public final Map<UUID, Host> hosts = new LinkedHashMap<>();
    public final Map<UUID, Vm> vms = new LinkedHashMap<>();
    public final Map<UUID, Disk> disks = new LinkedHashMap<>();
    public final Map<UUID, Nic> nics = new LinkedHashMap<>();
    public final Map<UUID, Image> images = new LinkedHashMap<>();
    public final Map<Reservation, Long> reservations = new LinkedHashMap<>();
    public final Map<UUID, TaskRunner.Row> tasks = new LinkedHashMap<>();

    private int depth;

    /** Capacity held for a VM on a host; the value is bytes of memory. */
    public record Reservation(UUID vmId, UUID hostId) {}

    @Override
    public <T extends @Nullable Object> T execute(TransactionCallback<T> action) throws TransactionException {
        if (depth > 0) {
            return action.doInTransaction(new SimpleTransactionStatus());
        }
        FakeRows before = copy();
        depth++;
        try {
            return action.doInTransaction(new SimpleTransactionStatus());
        } catch (RuntimeException e) {
            restore(before);
            throw e;
        } finally {
            depth--;
        }
    }

    /** Whether a transaction is open on this (single-threaded) database. */
    boolean inTransaction() {
        return depth > 0;
    }

    private FakeRows copy() {
        FakeRows copy = new FakeRows();
        copy.replaceWith(this);
        return copy;
    }

    private void restore(FakeRows before) {
        replaceWith(before);
    }

    private void replaceWith(FakeRows other) {
        replace(hosts, other.hosts);
        replace(vms, other.vms);
        replace(disks, other.disks);
        replace(nics, other.nics);
        replace(images, other.images);
        replace(reservations, other.reservations);
        replace(tasks, other.tasks);
    }

    private static <K, V> void replace(Map<K, V> target, Map<K, V> source) {
        target.clear();
        target.putAll(source);
    }
}
