package dev.meseta.agent.operations;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meseta.agent.errors.AgentErrorCode;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("unit")
class OperationJournalTest {

    private static final Instant NOW = Instant.parse("2026-11-22T10:00:00Z");

    @TempDir
    private Path directory;

    private Path file = Path.of("");

    @BeforeEach
    void setUp() {
        file = directory.resolve("journal");
    }

    private OperationJournal open() {
        return open(OperationJournal.Retention.DEFAULT, NOW);
    }

    private OperationJournal open(OperationJournal.Retention retention, Instant now) {
        return OperationJournal.open(file, InstantSource.fixed(now), retention);
    }

    private static OperationRecord running(String id) {
        return OperationRecord.running(id, OperationKind.VOLUME_ENSURE, "disk", NOW);
    }

    @Test
    void everyKindOfRecordSurvivesReopening() {
        List<OperationRecord> written = List.of(
                running("a"),
                running("b").succeeded(OperationResult.NONE, NOW.plusMillis(1)),
                running("c").succeeded(new OperationResult.Volume("/a b/ü&=\n%", 1, 2), NOW),
                running("d").succeeded(new OperationResult.MigrationTarget("tcp://10.0.0.1", "h:1"), NOW),
                running("e").succeeded(new OperationResult.Migration(1, 2, 3, 4, true), NOW),
                running("f")
                        .ended(
                                OperationRecord.State.FAILED,
                                AgentErrorCode.IMAGE_INVALID,
                                "\"quoted\"\nline & more = x",
                                NOW));
        try (OperationJournal journal = open()) {
            written.forEach(journal::write);
        }
        try (OperationJournal journal = open()) {
            assertThat(written)
                    .allSatisfy(operation ->
                            assertThat(journal.find(operation.operationId())).contains(operation));
            assertThat(journal.unfinished()).containsExactly(running("a"));
        }
    }

    @Test
    void halfALineAtTheEndIsDroppedAndDoesNotSpoilTheNextOne() throws IOException {
        try (OperationJournal journal = open()) {
            journal.write(running("a"));
            journal.write(running("b"));
        }
        long size = Files.size(file);
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            channel.truncate(size - 5);
        }
        try (OperationJournal journal = open()) {
            assertThat(journal.find("a")).isPresent();
            assertThat(journal.find("b")).isEmpty();
            journal.write(running("c"));
        }
        try (OperationJournal journal = open()) {
            assertThat(journal.find("c")).isPresent();
        }
    }

    @Test
    void aDamagedLineDoesNotHideTheOthers() throws IOException {
        try (OperationJournal journal = open()) {
            journal.write(running("a"));
            journal.write(running("b"));
            journal.write(running("c"));
        }
        String text = Files.readString(file);
        Files.writeString(file, text.replace("id=b", "id=x"));
        try (OperationJournal journal = open()) {
            assertThat(journal.find("a")).isPresent();
            assertThat(journal.find("b")).isEmpty();
            assertThat(journal.find("x")).isEmpty();
            assertThat(journal.find("c")).isPresent();
        }
    }

    /** Cut anywhere, the journal is what had been written completely before the cut. */
    @Test
    void anyPrefixOfTheFileIsAConsistentPast() throws IOException {
        long seed = new SplittableRandom().nextLong();
        System.out.println("OperationJournalTest seed " + seed);
        SplittableRandom random = new SplittableRandom(seed);
        Files.deleteIfExists(file);
        try (OperationJournal journal = open()) {
            for (int i = 0; i < 200; i++) {
                OperationRecord operation = running("op" + random.nextInt(40));
                journal.write(
                        random.nextBoolean()
                                ? operation
                                : operation.succeeded(
                                        new OperationResult.Volume("/p" + i, random.nextLong(1 << 30), i), NOW));
            }
        }
        byte[] whole = Files.readAllBytes(file);
        for (int round = 0; round < 50; round++) {
            int cut = random.nextInt(whole.length + 1);
            Files.write(file, java.util.Arrays.copyOf(whole, cut));
            Map<String, OperationRecord> expected = new HashMap<>();
            String prefix = new String(whole, 0, cut, StandardCharsets.UTF_8);
            int lastLine = prefix.lastIndexOf('\n');
            prefix.substring(0, lastLine + 1).lines().forEach(line -> {
                OperationRecord operation = RecordCodec.decode(line).orElseThrow();
                expected.put(operation.operationId(), operation);
            });
            try (OperationJournal journal = open()) {
                for (int i = 0; i < 40; i++) {
                    assertThat(journal.find("op" + i))
                            .as("seed %d, cut at %d", seed, cut)
                            .isEqualTo(Optional.ofNullable(expected.get("op" + i)));
                }
            }
        }
    }

    @Test
    void oldAndSurplusEndedOperationsAreForgottenUnfinishedOnesAreNot() throws IOException {
        OperationJournal.Retention retention = new OperationJournal.Retention(Duration.ofDays(7), 100);
        try (OperationJournal journal = open(retention, NOW)) {
            journal.write(OperationRecord.running(
                    "unfinished", OperationKind.VOLUME_ENSURE, "disk", NOW.minus(Duration.ofDays(30))));
            journal.write(running("old").succeeded(OperationResult.NONE, NOW.minus(Duration.ofDays(8))));
            for (int i = 0; i < 3_000; i++) {
                journal.write(running("op" + i).succeeded(OperationResult.NONE, NOW.minusSeconds(3_000 - i)));
            }
            assertThat(journal.find("unfinished")).isPresent();
            assertThat(journal.find("old")).isEmpty();
            assertThat(journal.find("op0")).isEmpty();
            assertThat(journal.find("op2999")).isPresent();
        }
        assertThat(Files.readAllLines(file)).hasSizeLessThan(2_500);
        try (OperationJournal journal = open(retention, NOW)) {
            assertThat(journal.find("unfinished")).isPresent();
            assertThat(journal.find("op2999")).isPresent();
        }
    }

    @Test
    void manyWritersAtOnceAreAllOnTheDisk() throws Exception {
        int writers = 16;
        CountDownLatch together = new CountDownLatch(writers);
        try (OperationJournal journal = open();
                ExecutorService executor = Executors.newFixedThreadPool(writers)) {
            List<? extends Future<?>> futures = java.util.stream.IntStream.range(0, writers)
                    .mapToObj(writer -> executor.submit(() -> {
                        together.countDown();
                        together.await();
                        for (int i = 0; i < 20; i++) {
                            journal.write(running("op" + writer + "-" + i));
                        }
                        return writer;
                    }))
                    .toList();
            for (Future<?> future : futures) {
                future.get();
            }
        }
        try (OperationJournal journal = open()) {
            assertThat(journal.unfinished()).hasSize(writers * 20);
        }
    }
}
