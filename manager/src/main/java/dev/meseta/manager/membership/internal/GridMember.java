package dev.meseta.manager.membership.internal;

import com.hazelcast.core.Hazelcast;
import com.hazelcast.core.HazelcastException;
import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.core.HazelcastInstanceNotActiveException;
import com.hazelcast.topic.ITopic;
import dev.meseta.manager.membership.Membership;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import org.springframework.dao.DataAccessException;

/**
 * This manager as a member of an embedded Hazelcast, for as long as there are others: a manager that is alone starts none.
 * Everything happens beside the manager's own start, on a thread of its own.
 */
final class GridMember implements Wire, SmartLifecycle {

    private static final Logger LOG = LoggerFactory.getLogger(GridMember.class);

    private final GridTable table;
    private final Supplier<List<GridAddress>> seen;
    private final Membership membership;
    private final GridAddress listen;
    private final boolean talks;
    private final long lookMillis;

    private volatile Consumer<byte[]> receiver = message -> {};
    private volatile @Nullable Running running;
    private volatile @Nullable ScheduledExecutorService looks;
    /** Touched by the looking thread only. */
    private @Nullable GridAddress announced;

    GridMember(GridTable table, Membership membership, MembershipProperties properties) {
        this(table, table::addresses, membership, properties);
    }

    /** @param seen where others are looked for */
    GridMember(
            GridTable table, Supplier<List<GridAddress>> seen, Membership membership, MembershipProperties properties) {
        this.table = table;
        this.seen = seen;
        this.membership = membership;
        this.listen = GridAddress.parse(properties.listen());
        this.talks = properties.talk();
        this.lookMillis = properties.renewal().toMillis();
    }

    private record Running(HazelcastInstance hazelcast, ITopic<byte[]> topic) {

        boolean isUp() {
            return hazelcast.getLifecycleService().isRunning();
        }
    }

    @Override
    public boolean isConnected() {
        return size() > 1;
    }

    /** How many members see each other, this one included; 0: it is none itself. */
    int size() {
        Running now = running;
        try {
            return now == null || !now.isUp()
                    ? 0
                    : now.hazelcast().getCluster().getMembers().size();
        } catch (HazelcastInstanceNotActiveException ending) {
            return 0;
        }
    }

    @Override
    public void send(byte[] message) {
        Running now = running;
        if (now != null) {
            now.topic().publish(message);
        }
    }

    @Override
    public void onReceive(Consumer<byte[]> newReceiver) {
        receiver = newReceiver;
    }

    private void look() {
        Running now = running;
        if ((now != null && now.isUp()) || membership.living().size() < 2) {
            return;
        }
        try {
            GridAddress address = announced();
            if (table.addresses().stream().anyMatch(other -> !other.equals(address))) {
                join(address);
            }
        } catch (IOException | HazelcastException | IllegalStateException | DataAccessException e) {
            // The port may have been taken since.
            announced = null;
            LOG.warn("This manager cannot talk to the others yet; it goes by the database: {}", e.toString());
        }
    }

    /** Written down before it is listened at: two that start at the same time must know of each other. */
    private GridAddress announced() throws IOException {
        GridAddress known = announced;
        if (known == null) {
            known = listen.withPort();
            table.announce(membership.self(), known);
            announced = known;
        }
        return known;
    }

    private void join(GridAddress address) {
        HazelcastInstance started =
                Hazelcast.newHazelcastInstance(GridConfiguration.of(table.name(), address, new RowDiscovery(seen)));
        ITopic<byte[]> topic = started.getTopic(GridConfiguration.TOPIC);
        var unused = topic.addMessageListener(message -> receiver.accept(message.getMessageObject()));
        running = new Running(started, topic);
        if (!isRunning()) {
            // Stopped meanwhile.
            leave();
            return;
        }
        LOG.info(
                "This manager listens for others at {}; {} see each other",
                address,
                started.getCluster().getMembers().size());
    }

    private synchronized void leave() {
        Running now = running;
        running = null;
        if (now != null) {
            now.hazelcast().shutdown();
        }
    }

    @Override
    public void start() {
        ScheduledExecutorService started = Executors.newSingleThreadScheduledExecutor(
                Thread.ofPlatform().daemon().name("grid").factory());
        looks = started;
        if (talks) {
            var unused = started.scheduleWithFixedDelay(this::look, 0, lookMillis, TimeUnit.MILLISECONDS);
        }
    }

    @Override
    public void stop() {
        ScheduledExecutorService ending = looks;
        looks = null;
        if (ending != null) {
            // Joining may take a while; who stops does not wait for it.
            ending.shutdownNow();
        }
        leave();
    }

    @Override
    public boolean isRunning() {
        return looks != null;
    }

    /** Last: a manager answers people before it looks for others. */
    @Override
    public int getPhase() {
        return SmartLifecycle.DEFAULT_PHASE;
    }
}
