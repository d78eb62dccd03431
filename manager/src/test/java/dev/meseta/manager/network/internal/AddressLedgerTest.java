package dev.meseta.manager.network.internal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meseta.manager.database.TestPostgres;
import dev.meseta.manager.database.TestRows;
import dev.meseta.manager.network.Networks.Network;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.simple.JdbcClient;

/** The order in which addresses are given out. */
@Tag("integration")
class AddressLedgerTest {

    private static final TestPostgres.Database DATABASE = TestPostgres.create();

    private final JdbcClient jdbc = JdbcClient.create(DATABASE.single());
    private final AddressLedger ledger = new AddressLedger(jdbc);

    @Test
    void a_freed_address_rests_until_all_others_had_their_turn() {
        Network network = network("10.0.0.0/29", null);

        assertThat(assign(network)).contains("10.0.0.2");
        free(network, "10.0.0.2");
        assertThat(Stream.generate(() -> assign(network).orElseThrow()).limit(5))
                .containsExactly("10.0.0.3", "10.0.0.4", "10.0.0.5", "10.0.0.6", "10.0.0.2");
    }

    @Test
    void an_exhausted_subnet_gives_nothing_and_recovers() {
        Network network = network("10.0.0.0/29", null);
        for (int i = 0; i < 5; i++) {
            assertThat(assign(network)).isPresent();
        }

        assertThat(assign(network)).isEmpty();
        free(network, "10.0.0.4");
        assertThat(assign(network)).contains("10.0.0.4");
        assertThat(assign(network)).isEmpty();
    }

    @Test
    void the_gateway_is_never_given_out() {
        Network network = network("10.0.0.0/29", "10.0.0.3");

        assertThat(Stream.generate(() -> assign(network)).limit(5))
                .containsExactly(
                        Optional.of("10.0.0.2"),
                        Optional.of("10.0.0.4"),
                        Optional.of("10.0.0.5"),
                        Optional.of("10.0.0.6"),
                        Optional.empty());
    }

    @Test
    void what_was_looked_out_and_not_written_down_comes_round_again() {
        Network network = network("10.0.0.0/29", "10.0.0.3");

        assertThat(ledger.lookOut(network, 3)).containsExactly("10.0.0.2", "10.0.0.4");
        assertThat(ledger.lookOut(network, 3)).containsExactly("10.0.0.5", "10.0.0.6");
        assertThat(ledger.record("10.0.0.2", network.id(), UUID.randomUUID())).isTrue();
        assertThat(ledger.lookOut(network, 3)).containsExactly("10.0.0.4");
    }

    @Test
    void whoever_writes_an_address_down_first_has_it() {
        Network network = network("10.0.0.0/29", null);
        List<String> lookedOut = ledger.lookOut(network, 2);

        assertThat(ledger.record(lookedOut.getFirst(), network.id(), UUID.randomUUID()))
                .isTrue();
        assertThat(ledger.record(lookedOut.getFirst(), network.id(), UUID.randomUUID()))
                .isFalse();
    }

    @Test
    void the_ledger_gives_out_what_others_only_looked_out() {
        Network network = network("10.0.0.0/29", null);
        assertThat(ledger.lookOut(network, 64)).hasSize(5);

        assertThat(Stream.generate(() -> assign(network).orElseThrow()).limit(5))
                .containsExactly("10.0.0.2", "10.0.0.3", "10.0.0.4", "10.0.0.5", "10.0.0.6");
        assertThat(assign(network)).isEmpty();
    }

    @Test
    void networks_do_not_know_each_others_addresses() {
        Network one = network("10.0.0.0/29", null);
        Network other = network("10.0.0.0/29", null);

        assertThat(assign(one)).isEqualTo(assign(other)).contains("10.0.0.2");
    }

    @Test
    void whatever_comes_and_goes_no_address_is_given_out_twice() {
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        Network network = network("10.0.0.0/27", "10.0.0.1");
        List<String> taken = new ArrayList<>();
        for (int step = 0; step < 400; step++) {
            if (random.nextBoolean() && !taken.isEmpty()) {
                free(network, taken.remove(random.nextInt(taken.size())));
                continue;
            }
            Optional<String> address = assign(network);
            assertThat(address.isPresent()).as("seed %d, step %d", seed, step).isEqualTo(taken.size() < 29);
            address.ifPresent(given -> {
                assertThat(taken).as("seed %d", seed).doesNotContain(given);
                taken.add(given);
            });
        }
    }

    private Optional<String> assign(Network network) {
        return ledger.assign(network, UUID.randomUUID());
    }

    private void free(Network network, String address) {
        jdbc.sql("DELETE FROM network_address WHERE network_id = :network AND address = CAST(:address AS inet)")
                .param("network", network.id())
                .param("address", address)
                .update();
    }

    private Network network(String subnet, @Nullable String gateway) {
        UUID dataCenter = new TestRows(jdbc).dataCenter();
        UUID id = UUID.randomUUID();
        jdbc.sql("""
                        INSERT INTO network (id, data_center_id, name, vni, mtu, subnet, gateway, created_at)
                        VALUES (:id, :dataCenter, 'default', (SELECT count(*) + 1 FROM network), 1450, :subnet, :gateway, now())
                        """)
                .param("id", id)
                .param("dataCenter", dataCenter)
                .param("subnet", subnet)
                .param("gateway", gateway)
                .update();
        return new Network(id, dataCenter, "default", 1, 1450, subnet, gateway, List.of(), 0, Instant.EPOCH);
    }
}
