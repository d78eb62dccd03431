package dev.meseta.agent.storage;

import dev.meseta.agent.errors.AgentException;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Pattern;

/**
 * What a guest's cloud-init is told.
 *
 * @param userData verbatim; empty: nothing but an empty configuration
 */
public record CloudInit(UUID storageDomainId, String hostname, List<Address> addresses, String userData) {

    private static final Pattern HOSTNAME = Pattern.compile("[A-Za-z0-9]([A-Za-z0-9.-]{0,251}[A-Za-z0-9])?");
    private static final Pattern MAC_ADDRESS = Pattern.compile("[0-9a-fA-F]{2}(:[0-9a-fA-F]{2}){5}");
    private static final Pattern PREFIXED = Pattern.compile("[0-9a-fA-F.:]{2,45}/[0-9]{1,3}");
    private static final Pattern PLAIN = Pattern.compile("[0-9a-fA-F.:]{2,45}");
    private static final int MAXIMUM_USER_DATA = 256 << 10;

    public CloudInit {
        addresses = List.copyOf(addresses);
        if (!HOSTNAME.matcher(hostname).matches()) {
            throw AgentException.validation("cloud_init.hostname is not a host name");
        }
        if (userData.length() > MAXIMUM_USER_DATA) {
            throw AgentException.validation("cloud_init.user_data is longer than 256 KiB");
        }
    }

    /**
     * Static address of the NIC with this MAC address.
     *
     * @param address with prefix length, e.g. 10.1.0.7/16
     * @param mtu 0: the guest's default
     */
    public record Address(String macAddress, String address, Optional<String> gateway, int mtu) {

        public Address {
            if (!MAC_ADDRESS.matcher(macAddress).matches()) {
                throw AgentException.validation("cloud_init address: mac_address is not of the form aa:bb:cc:dd:ee:ff");
            }
            if (!PREFIXED.matcher(address).matches()) {
                throw AgentException.validation("cloud_init address: address is not of the form 10.1.0.7/16");
            }
            if (gateway.isPresent() && !PLAIN.matcher(gateway.get()).matches()) {
                throw AgentException.validation("cloud_init address: gateway is not an address");
            }
            if (mtu < 0 || mtu > 65_535) {
                throw AgentException.validation("cloud_init address: mtu must be 0 to 65535, but is " + mtu);
            }
        }
    }
}
