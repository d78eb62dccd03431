package dev.meseta.manager.membership.internal;

import dev.meseta.manager.certificates.Sealer;
import dev.meseta.manager.membership.Membership;
import dev.meseta.manager.membership.internal.Envelope.Letter;
import dev.meseta.manager.shared.Topic;
import dev.meseta.manager.shared.Topics;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * All topics over one wire. Whatever is waiting goes into one envelope. Envelopes are sealed with the key that all managers
 * of an installation share: who reaches the wire without it can neither read nor forge what managers say, nor say it again.
 */
final class SealedTopics implements Topics, SmartLifecycle {

    private static final Logger LOG = LoggerFactory.getLogger(SealedTopics.class);

    /** What an envelope is sealed for. */
    static final String LABEL = "topics";

    /** After the lease, before anything that has something to tell. */
    private static final int PHASE = SmartLifecycle.DEFAULT_PHASE - 19_000;

    private static final int QUEUE_LENGTH = 10_000;
    private static final int MAX_LETTERS = 500;
    private static final int MAX_SENDERS = 100;

    private final Wire wire;
    private final Membership membership;
    private final Sealer sealer;
    private final JsonMapper json;
    private final InstantSource clock;
    private final TopicMeters meters;
    private final Map<String, LocalTopic<?>> topics = new ConcurrentHashMap<>();
    private final BlockingQueue<Outgoing> outgoing = new ArrayBlockingQueue<>(QUEUE_LENGTH);
    /** The number of the last envelope of each sender; touched by the receiving thread only. */
    private final Map<String, Long> heard = new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Long> eldest) {
            return size() > MAX_SENDERS;
        }
    };

    private long number;
    private volatile @Nullable Thread sender;

    SealedTopics(
            Wire wire, Membership membership, Sealer sealer, JsonMapper json, InstantSource clock, TopicMeters meters) {
        this.wire = wire;
        this.membership = membership;
        this.sealer = sealer;
        this.json = json;
        this.clock = clock;
        this.meters = meters;
        wire.onReceive(this::received);
    }

    private record Outgoing(String topic, Object message) {}

    @Override
    public <T> Topic<T> topic(String name, Class<T> type) {
        var topic = new LocalTopic<>(name, type);
        if (topics.putIfAbsent(name, topic) != null) {
            throw new IllegalStateException("There is already a topic named " + name);
        }
        return topic;
    }

    private final class LocalTopic<T> implements Topic<T> {

        private final String name;
        private final Class<T> type;
        private final List<Consumer<? super T>> listeners = new CopyOnWriteArrayList<>();

        private LocalTopic(String name, Class<T> type) {
            this.name = name;
            this.type = type;
        }

        @Override
        public void tellOthers(T message) {
            if (wire.isConnected() && !outgoing.offer(new Outgoing(name, message))) {
                meters.dropped(1);
            }
        }

        @Override
        public void whenTold(Consumer<? super T> listener) {
            listeners.add(listener);
        }

        private void hear(JsonNode message) {
            T heardMessage = json.treeToValue(message, type);
            for (Consumer<? super T> listener : listeners) {
                listener.accept(heardMessage);
            }
        }
    }

    private void sendWhatIsTold() {
        List<Outgoing> batch = new ArrayList<>(MAX_LETTERS);
        while (sender == Thread.currentThread()) {
            try {
                batch.clear();
                batch.add(outgoing.take());
                outgoing.drainTo(batch, MAX_LETTERS - 1);
                wire.send(sealed(batch));
                meters.sent(batch.size());
            } catch (InterruptedException e) {
                // Only stop() interrupts; the condition above says so.
                return;
            } catch (RuntimeException e) {
                meters.dropped(batch.size());
                LOG.warn("{} messages could not be told to other managers: {}", batch.size(), e.toString());
            }
        }
    }

    private byte[] sealed(List<Outgoing> batch) {
        List<Letter> letters = batch.stream()
                .map(each -> new Letter(each.topic(), json.valueToTree(each.message())))
                .toList();
        number++;
        return sealer.seal(
                LABEL, json.writeValueAsBytes(new Envelope(membership.self().name(), number, clock.millis(), letters)));
    }

    private void received(byte[] sealed) {
        Envelope envelope;
        try {
            envelope = json.readValue(sealer.open(LABEL, sealed), Envelope.class);
        } catch (IllegalStateException | JacksonException e) {
            meters.refused();
            // Counted, not warned of: whoever sends such could fill the log.
            LOG.debug(
                    "A message on the managers' wire is not from a manager of this installation, or from one of another"
                            + " version: {}",
                    e.getMessage());
            return;
        }
        if (envelope.sender().equals(membership.self().name()) || !isNew(envelope)) {
            return;
        }
        meters.received(envelope.letters().size(), clock.millis() - envelope.sentAtMillis());
        envelope.letters().forEach(this::hear);
    }

    private boolean isNew(Envelope envelope) {
        Long last = heard.get(envelope.sender());
        if (last != null && envelope.number() <= last) {
            meters.refused();
            return false;
        }
        if (last != null) {
            meters.lost(envelope.number() - last - 1);
        }
        heard.put(envelope.sender(), envelope.number());
        return true;
    }

    private void hear(Letter letter) {
        LocalTopic<?> topic = topics.get(letter.topic());
        if (topic == null) {
            // A newer manager's.
            return;
        }
        try {
            topic.hear(letter.message());
        } catch (RuntimeException e) {
            LOG.warn("A message of another manager about {} could not be taken in", letter.topic(), e);
        }
    }

    @Override
    public void start() {
        sender = Thread.ofPlatform().daemon().name("topics").unstarted(this::sendWhatIsTold);
        Thread started = sender;
        if (started != null) {
            started.start();
        }
    }

    @Override
    public void stop() {
        Thread running = sender;
        sender = null;
        if (running != null) {
            running.interrupt();
        }
    }

    @Override
    public boolean isRunning() {
        return sender != null;
    }

    @Override
    public int getPhase() {
        return PHASE;
    }
}
