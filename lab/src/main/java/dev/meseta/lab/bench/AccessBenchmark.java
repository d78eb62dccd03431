package dev.meseta.lab.bench;

import dev.meseta.lab.client.MesetaClient;
import dev.meseta.lab.stack.Progress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.UUID;

/**
 * What it costs that lists show only what somebody may see: the lists of very many VMs, by turns as somebody with fifty grants
 * on single VMs here and there and as a superuser, to whom nothing is filtered, on the same manager.
 */
public final class AccessBenchmark implements Benchmark {

    private static final int GRANTS = 50;
    private static final int ROUNDS = 3;
    private static final Duration WARM_UP = Duration.ofSeconds(10);
    private static final Duration MEASURED = Duration.ofSeconds(15);
    private static final int SIMULATED = 2;
    /** To see less must not take longer than to see all. */
    private static final double GOAL_RATIO = 1.5;

    private static final UUID USER = new UUID(0x7000, 0x8000_0000_0000_0001L);
    private static final String TOKEN = "meseta_of_the_access_benchmark";
    /** Seeded: operator. */
    private static final UUID ROLE = UUID.fromString("00000000-0000-7000-8000-000000000008");

    private static final String MAKE_USER =
            "INSERT INTO user_account (id, name, password_hash, created_at) VALUES (?, 'scattered', '', now())";
    private static final String MAKE_TOKEN =
            "INSERT INTO api_token (id, user_id, name, hash, created_at) VALUES (?, ?, 'benchmark', ?, now())";
    private static final String TAKE_GRANTS = "DELETE FROM access_grant WHERE user_id = ?";
    private static final String GIVE_GRANTS = """
            INSERT INTO access_grant (id, user_id, role_id, scope_kind, scope_id, effect, created_by, created_at)
            SELECT gen_random_uuid(), ?, ?, 'VM', id, 'ALLOW', 'benchmark', now()
            FROM (SELECT id FROM vm ORDER BY md5(name) LIMIT ?) AS scattered""";

    @Override
    public String name() {
        return "access";
    }

    @Override
    public String about() {
        return "lists of very many VMs as somebody with %d grants here and there against a superuser".formatted(GRANTS);
    }

    @Override
    public BenchReport run(BenchContext context) {
        try (BenchDataCenter dataCenter = BenchDataCenter.ofSimulatedHosts(context.withHosts(SIMULATED));
                MesetaClient scattered = new MesetaClient(
                        URI.create(dataCenter.access("url")), Path.of(dataCenter.access("caFile")), TOKEN)) {
            makeUser(dataCenter);
            List<Measure> measures = new ArrayList<>();
            int filled = 0;
            for (int size : ManyVms.SIZES) {
                new FilledRows(dataCenter).stopped(size - filled, filled * 7_919L);
                filled = size;
                scatter(dataCenter);
                measures.add(measure(dataCenter.client(), scattered, size, context.progress()));
            }
            return new BenchReport(name(), BenchDataCenter.commit(context), BenchDataCenter.machine(), measures);
        } catch (SQLException e) {
            throw new IllegalStateException("the benchmark could not make its user", e);
        }
    }

    private static Measure measure(MesetaClient superuser, MesetaClient scattered, int size, Progress progress) {
        int seen = scattered.list("/vms?limit=500").size();
        if (seen != GRANTS) {
            throw new IllegalStateException("a figure would be meaningless: %d VMs are seen".formatted(seen));
        }
        Samples unused = ManyVms.ask(superuser, WARM_UP);
        Samples unusedToo = ManyVms.ask(scattered, WARM_UP);
        Samples few = new Samples();
        Samples all = new Samples();
        for (int round = 0; round < ROUNDS; round++) {
            Samples ofAll = ManyVms.ask(superuser, MEASURED);
            Samples ofFew = ManyVms.ask(scattered, MEASURED);
            all.add(ofAll.percentile(ManyVms.SHARE));
            few.add(ofFew.percentile(ManyVms.SHARE));
            progress.step(
                    "%d VMs: median %.1f ms, 99th percentile %.1f ms with %d grants; %.1f and %.1f ms as a superuser"
                            .formatted(
                                    size,
                                    ofFew.summary().median(),
                                    ofFew.percentile(ManyVms.SHARE),
                                    GRANTS,
                                    ofAll.summary().median(),
                                    ofAll.percentile(ManyVms.SHARE)));
        }
        return new Measure(
                "listP99-%d-vms".formatted(size),
                "ms",
                few.summary(),
                new Measure.Peer("superuser, the same lists in the same run", all.summary()),
                GOAL_RATIO);
    }

    private static void makeUser(BenchDataCenter dataCenter) throws SQLException {
        try (Connection database = dataCenter.database();
                PreparedStatement user = database.prepareStatement(MAKE_USER);
                PreparedStatement token = database.prepareStatement(MAKE_TOKEN)) {
            user.setObject(1, USER);
            int unused = user.executeUpdate();
            token.setObject(1, USER);
            token.setObject(2, USER);
            token.setString(3, hash(TOKEN));
            int unusedToo = token.executeUpdate();
        }
    }

    private static void scatter(BenchDataCenter dataCenter) throws SQLException {
        try (Connection database = dataCenter.database();
                PreparedStatement take = database.prepareStatement(TAKE_GRANTS);
                PreparedStatement give = database.prepareStatement(GIVE_GRANTS)) {
            take.setObject(1, USER);
            int unused = take.executeUpdate();
            give.setObject(1, USER);
            give.setObject(2, ROLE);
            give.setInt(3, GRANTS);
            int unusedToo = give.executeUpdate();
        }
    }

    /** As the manager keeps tokens. */
    private static String hash(String token) {
        try {
            return HexFormat.of()
                    .formatHex(MessageDigest.getInstance("SHA-256").digest(token.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("SHA-256 does not work in this JDK", e);
        }
    }
}
