package dev.meseta.manager.network.internal;

import dev.meseta.manager.network.Networks.Network;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import org.springframework.transaction.support.TransactionOperations;

/**
 * Addresses that this manager looked out beforehand, so that new VMs need not wait for each other: giving out one at a
 * time would hold the network's row from the choice to the end of the VM's transaction. Nothing is promised. The ledger's
 * place in the round has moved past them, and whoever writes one down first has it; what is not used comes round again.
 */
final class AddressProposals {

    /** So many are looked at together. */
    static final int BLOCK = 64;

    private final AddressLedger ledger;
    private final TransactionOperations transactions;
    private final Map<UUID, Block> blocks = new ConcurrentHashMap<>();

    AddressProposals(AddressLedger ledger, TransactionOperations transactions) {
        this.ledger = ledger;
        this.transactions = transactions;
    }

    /** Sees to it that there are some, unless there are none. In a transaction of its own: not to be called inside one. */
    void prepare(Network network) {
        blocks.computeIfAbsent(network.id(), id -> new Block()).prepare(network);
    }

    /** Empty: the ledger must be asked. */
    Optional<String> next(UUID networkId) {
        Block block = blocks.get(networkId);
        return block == null ? Optional.empty() : block.next();
    }

    private final class Block {

        private final ReentrantLock reading = new ReentrantLock();
        private final Deque<String> addresses = new ArrayDeque<>();

        Optional<String> next() {
            synchronized (addresses) {
                return Optional.ofNullable(addresses.poll());
            }
        }

        void prepare(Network network) {
            if (!isEmpty()) {
                return;
            }
            reading.lock();
            try {
                if (isEmpty()) {
                    List<String> found = transactions.execute(status -> ledger.lookOut(network, BLOCK));
                    synchronized (addresses) {
                        addresses.addAll(found == null ? List.of() : found);
                    }
                }
            } finally {
                reading.unlock();
            }
        }

        private boolean isEmpty() {
            synchronized (addresses) {
                return addresses.isEmpty();
            }
        }
    }
}
