package dev.meseta.manager.audit.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.meseta.manager.ManagerIntegrationTest;
import dev.meseta.manager.audit.Audit;
import dev.meseta.manager.audit.AuditLog.Format;
import dev.meseta.manager.certificates.CertificateAuthorities;
import dev.meseta.manager.certificates.CertificateAuthorities.CertificateOrder;
import dev.meseta.manager.certificates.CertificateAuthorities.Purpose;
import dev.meseta.manager.certificates.CertificateAuthorities.Usage;
import dev.meseta.manager.fakes.SettableClock;
import java.io.IOException;
import java.net.InetAddress;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;

/** Forwarding the log of a whole manager to a receiver at a real TLS socket. */
class SyslogForwarderTest extends ManagerIntegrationTest {

    private static final Duration SETTLE = Duration.ofSeconds(30);
    private static final Pattern PLACE = Pattern.compile("externalId=([0-9a-f-]{36}:\\d+)");

    @Autowired
    private Audit audit;

    @Autowired
    private ForwardRows rows;

    @Autowired
    private Formats formats;

    @Autowired
    private CertificateAuthorities authorities;

    private final SettableClock clock = new SettableClock();

    @SuppressWarnings("NullAway.Init")
    private TlsSyslogReceiver receiver;

    @SuppressWarnings("NullAway.Init")
    private SSLSocketFactory sockets;

    @BeforeEach
    void listen() throws Exception {
        jdbc.sql("DELETE FROM audit_forwarded").update();
        receiver = new TlsSyslogReceiver(context("127.0.0.1"));
        sockets = context("127.0.0.1").getSocketFactory();
    }

    @AfterEach
    void hangUp() throws IOException {
        receiver.close();
    }

    /** Trusts the manager's authority, and has a certificate of it for this address. */
    private SSLContext context(String address) throws Exception {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
        generator.initialize(new ECGenParameterSpec("secp256r1"));
        KeyPair keys = generator.generateKeyPair();
        X509Certificate certificate = authorities.issue(new CertificateOrder(
                Purpose.CONTROL,
                keys.getPublic(),
                null,
                "receiver",
                List.of(),
                List.of(),
                List.of(InetAddress.ofLiteral(address)),
                Set.of(Usage.SERVER),
                Duration.ofDays(1)));
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        store.setKeyEntry("receiver", keys.getPrivate(), new char[0], new Certificate[] {certificate});
        KeyStore trusted = KeyStore.getInstance("PKCS12");
        trusted.load(null, null);
        trusted.setCertificateEntry("ca", authorities.caCertificate(Purpose.CONTROL));
        KeyManagerFactory keyManagers = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        keyManagers.init(store, new char[0]);
        TrustManagerFactory trustManagers = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trustManagers.init(trusted);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(keyManagers.getKeyManagers(), trustManagers.getTrustManagers(), null);
        return context;
    }

    private SyslogForwarder forwarder(BooleanSupplier isMine) {
        return new SyslogForwarder(
                new SyslogProperties("127.0.0.1", receiver.port(), Format.CEF, "", SETTLE),
                "manager-1",
                rows,
                formats,
                () -> sockets,
                isMine,
                clock);
    }

    private void record(String action) {
        audit.record(
                new Audit.Entry("tester", "", action, "vms", "id", "näme\n", Audit.Outcome.SUCCESS, "", "c", Map.of()));
    }

    private static int all(SyslogForwarder forwarder) throws IOException {
        int sent = 0;
        int round = forwarder.round();
        while (round > 0) {
            sent += round;
            round = forwarder.round();
        }
        return sent;
    }

    private List<String> take(int count) throws InterruptedException {
        List<String> frames = new ArrayList<>();
        for (int number = 0; number < count; number++) {
            frames.add(receiver.next());
        }
        return frames;
    }

    private static String place(String frame) {
        Matcher matcher = PLACE.matcher(frame);
        assertThat(matcher.find()).as(frame).isTrue();
        return matcher.group(1);
    }

    private Set<String> stored() {
        return new HashSet<>(jdbc.sql("SELECT lane || ':' || number FROM audit_record WHERE lane IS NOT NULL")
                .query(String.class)
                .list());
    }

    @Test
    void every_record_goes_out_as_one_frame_in_the_order_of_its_lane() throws Exception {
        record("forwarded-first");
        record("forwarded-second");
        SyslogForwarder forwarder = forwarder(() -> true);
        int sent = all(forwarder);
        List<String> frames = take(sent);
        assertThat(sent).isEqualTo(stored().size());
        assertThat(frames)
                .allSatisfy(frame -> assertThat(frame)
                        .matches(
                                "(?s)<10[789]>1 \\d{4}-\\d\\d-\\d\\dT[\\d:.]+Z manager-1 meseta - audit - CEF:0\\|.*"));
        assertThat(frames.stream()
                        .filter(frame -> frame.contains("|forwarded-"))
                        .toList())
                .satisfiesExactly(
                        first -> assertThat(first).contains("|forwarded-first|", "cs3=näme\\n "),
                        second -> assertThat(second).contains("|forwarded-second|"));
        forwarder.disconnect();
        assertThat(receiver.end()).isEqualTo(sent);
    }

    @Test
    void after_a_restart_it_goes_on_behind_what_counts_as_arrived() throws Exception {
        record("before-restart");
        SyslogForwarder forwarder = forwarder(() -> true);
        List<String> unused = take(all(forwarder));
        clock.advance(SETTLE);
        assertThat(forwarder.round()).isZero();
        record("after-restart");
        SyslogForwarder next = forwarder(() -> true);
        List<String> frames = take(all(next));
        assertThat(frames).anySatisfy(frame -> assertThat(frame).contains("|after-restart|"));
        assertThat(frames).noneSatisfy(frame -> assertThat(frame).contains("|before-restart|"));
    }

    @Test
    void what_had_not_settled_when_it_was_restarted_is_sent_again() throws Exception {
        record("unsettled");
        List<String> unused = take(all(forwarder(() -> true)));
        clock.advance(SETTLE.minusMillis(1));
        List<String> frames = take(all(forwarder(() -> true)));
        assertThat(frames).anySatisfy(frame -> assertThat(frame).contains("|unsettled|"));
    }

    @Test
    void a_receiver_that_hangs_up_again_and_again_gets_everything_in_the_end() throws Exception {
        for (int number = 0; number < 1200; number++) {
            record("hang-up");
        }
        SyslogForwarder forwarder = forwarder(() -> true);
        receiver.hangUpAfter(700);
        Set<String> arrived = new HashSet<>();
        int breaks = 0;
        while (!arrived.containsAll(stored())) {
            try {
                int sent = all(forwarder);
                assertThat(sent).isPositive();
                // It has not heard yet that nobody listens any more.
            } catch (IOException e) {
                // It has.
            }
            breaks++;
            forwarder.disconnect();
            int came = receiver.end();
            take(came).forEach(frame -> arrived.add(place(frame)));
            receiver.hangUpAfter(700 * (breaks + 1));
            forwarder = forwarder(() -> true);
            if (breaks > 20) {
                throw new AssertionError("it never arrives: %d of %d".formatted(arrived.size(), stored().size()));
            }
        }
        assertThat(breaks).isPositive();
    }

    @Test
    void only_the_manager_whose_task_it_is_connects() throws Exception {
        record("not-mine");
        assertThat(forwarder(() -> false).round()).isZero();
        assertThat(receiver.hasMore()).isFalse();
    }

    @Test
    void a_receiver_that_is_another_one_gets_nothing() throws Exception {
        record("for-the-right-one");
        try (var impostor = new TlsSyslogReceiver(context("127.0.0.9"))) {
            var forwarder = new SyslogForwarder(
                    new SyslogProperties("127.0.0.1", impostor.port(), Format.CEF, "", SETTLE),
                    "manager-1",
                    rows,
                    formats,
                    () -> sockets,
                    () -> true,
                    clock);
            assertThatThrownBy(forwarder::round).isInstanceOf(IOException.class).hasMessageContaining("127.0.0.1");
            assertThat(impostor.end()).isZero();
        }
    }

    @Test
    void the_thread_forwards_by_itself_and_ends() throws Exception {
        SyslogForwarder forwarder = forwarder(() -> true);
        forwarder.start();
        record("by-itself");
        String frame = receiver.next();
        while (!frame.contains("|by-itself|")) {
            frame = receiver.next();
        }
        forwarder.stop();
        assertThat(forwarder.isRunning()).isFalse();
        int count = receiver.end();
        assertThat(count).isPositive();
    }
}
