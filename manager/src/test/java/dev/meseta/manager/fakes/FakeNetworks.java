package dev.meseta.manager.fakes;

import dev.meseta.manager.network.Networks;
import dev.meseta.manager.shared.Problems;
import java.time.Instant;
import java.util.List;
import java.util.UUID;

/** One network. */
public final class FakeNetworks implements Networks {

    public static final UUID NETWORK = UUID.fromString("00000000-0000-7000-8000-0000000000e1");

    private final FakeRows rows;
    private int given;

    public FakeNetworks(FakeRows rows) {
        this.rows = rows;
    }

    @Override
    public List<Network> all() {
        return List.of(new Network(
                NETWORK,
                FakeClusters.DATA_CENTER,
                "Default",
                100,
                1450,
                "10.1.0.0/16",
                "10.1.0.1",
                List.of(),
                0,
                Instant.EPOCH));
    }

    @Override
    public Network require(UUID networkId) {
        return all().stream()
                .filter(network -> network.id().equals(networkId))
                .findFirst()
                .orElseThrow(() -> Problems.notFound("network", networkId));
    }

    @Override
    public Network defaultNetwork() {
        return require(NETWORK);
    }

    @Override
    public List<Nic> nicsOf(UUID vmId) {
        return rows.nics.values().stream()
                .filter(nic -> nic.vmId().equals(vmId))
                .toList();
    }

    @Override
    public void prepareNic(Network network) {}

    @Override
    public Nic createNic(UUID vmId, Network network, int index) {
        given++;
        Nic nic = new Nic(
                new UUID(vmId.getMostSignificantBits(), given),
                vmId,
                network.id(),
                "52:54:00:00:00:%02x".formatted(given),
                index,
                "10.1.0.%d/16".formatted(given + 1));
        rows.nics.put(nic.id(), nic);
        return nic;
    }

    @Override
    public void removeNics(UUID vmId) {
        rows.nics.values().removeIf(nic -> nic.vmId().equals(vmId));
    }
}
