package dev.meseta.manager.lifecycle.internal;

import static dev.meseta.manager.fakes.FakeDataCenter.HOST_1;
import static org.assertj.core.api.Assertions.assertThat;

import dev.meseta.manager.agents.DomainSpecification;
import dev.meseta.manager.fakes.FakeDataCenter;
import dev.meseta.manager.fakes.FakeNetworks;
import dev.meseta.manager.fakes.FakeStorage;
import java.util.UUID;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What an agent is told of a VM. */
@Tag("unit")
class VmSpecificationsTest {

    private final FakeDataCenter center = new FakeDataCenter();

    @Test
    void holds_what_the_inventory_holds() {
        UUID id = center.runningVm("Web_1.example", HOST_1);
        DomainSpecification made = center.specifications.of(center.vm(id));

        assertThat(made.name()).isEqualTo("Web_1.example");
        assertThat(made.cpuModel()).isEqualTo("qemu64");
        assertThat(made.memoryBytes()).isEqualTo(256L << 20);
        assertThat(made.disks())
                .singleElement()
                .satisfies(disk -> assertThat(disk.storageDomainId()).isEqualTo(FakeStorage.DOMAIN));
        assertThat(made.nics())
                .singleElement()
                .satisfies(nic -> assertThat(nic.networkId()).isEqualTo(FakeNetworks.NETWORK));
        assertThat(made.cloudInit()).isNotNull().satisfies(seed -> {
            assertThat(seed.hostname()).isEqualTo("web-1-example");
            assertThat(seed.addresses()).singleElement().satisfies(address -> {
                assertThat(address.address()).isEqualTo("10.1.0.2/16");
                assertThat(address.gateway()).isEqualTo("10.1.0.1");
                assertThat(address.mtu()).isEqualTo(1450);
            });
        });
    }
}
