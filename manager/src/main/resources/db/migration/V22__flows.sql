-- East-west traffic. What the vNICs of hosts saw, one row per conversation and minute, hour and day. Rows of a bucket that
-- is over change no more; partitions are made ahead and dropped whole, by the flows module.

-- Who talks to whom, once for as long as anything about it is kept.
CREATE TABLE flow_conversation (
    -- Made of all that tells conversations apart: managers find the same one without asking each other.
    id uuid PRIMARY KEY,
    -- Made of the network and both ends alone.
    pair uuid NOT NULL,
    network_id uuid NOT NULL,
    ether_type integer NOT NULL,
    vlan_id integer NOT NULL,
    protocol integer NOT NULL,
    -- The VM at each end; null: something outside, or a group of receivers.
    client_vm_id uuid,
    client_address inet,
    -- Where there is neither VM nor address.
    client_mac macaddr,
    server_vm_id uuid,
    server_address inet,
    server_mac macaddr,
    -- Of ICMP the type.
    server_port integer NOT NULL,
    -- EAST_WEST, NORTH_SOUTH, BROADCAST
    direction text NOT NULL,
    -- As people call it, e.g. TCP.
    protocol_name text NOT NULL,
    first_seen timestamptz NOT NULL,
    -- To the hour: it is not written more often while the conversation goes on.
    last_seen timestamptz NOT NULL
);
CREATE INDEX flow_conversation_by_client ON flow_conversation (client_vm_id, server_vm_id);
CREATE INDEX flow_conversation_by_server ON flow_conversation (server_vm_id);
CREATE INDEX flow_conversation_by_first_seen ON flow_conversation (first_seen);
CREATE INDEX flow_conversation_by_pair ON flow_conversation (pair, first_seen);
CREATE INDEX flow_conversation_by_last_seen ON flow_conversation (last_seen);

-- What VMs of conversations were called last: they stay when the VM is deleted.
CREATE TABLE flow_vm (
    id uuid PRIMARY KEY,
    name text NOT NULL,
    cluster_id uuid NOT NULL
);

-- Counters by what the client's vNIC saw (c_) and what the server's saw (s_), which is the same traffic once more: never to be
-- added. A request goes from client to server. Handshakes are from SYN to SYN+ACK; min and max are 0 without any.
CREATE TABLE flow_minute (
    conversation uuid NOT NULL,
    bucket timestamptz NOT NULL,
    first_seen timestamptz NOT NULL,
    last_seen timestamptz NOT NULL,
    c_records bigint NOT NULL,
    c_request_bytes bigint NOT NULL,
    c_request_packets bigint NOT NULL,
    c_response_bytes bigint NOT NULL,
    c_response_packets bigint NOT NULL,
    c_connections bigint NOT NULL,
    c_resets bigint NOT NULL,
    c_retransmissions bigint NOT NULL,
    c_handshakes bigint NOT NULL,
    c_handshake_us bigint NOT NULL,
    c_handshake_min_us bigint NOT NULL,
    c_handshake_max_us bigint NOT NULL,
    s_records bigint NOT NULL,
    s_request_bytes bigint NOT NULL,
    s_request_packets bigint NOT NULL,
    s_response_bytes bigint NOT NULL,
    s_response_packets bigint NOT NULL,
    s_connections bigint NOT NULL,
    s_resets bigint NOT NULL,
    s_retransmissions bigint NOT NULL,
    s_handshakes bigint NOT NULL,
    s_handshake_us bigint NOT NULL,
    s_handshake_min_us bigint NOT NULL,
    s_handshake_max_us bigint NOT NULL,
    PRIMARY KEY (conversation, bucket)
) PARTITION BY RANGE (bucket);
CREATE TABLE flow_hour (
    conversation uuid NOT NULL,
    bucket timestamptz NOT NULL,
    first_seen timestamptz NOT NULL,
    last_seen timestamptz NOT NULL,
    c_records bigint NOT NULL,
    c_request_bytes bigint NOT NULL,
    c_request_packets bigint NOT NULL,
    c_response_bytes bigint NOT NULL,
    c_response_packets bigint NOT NULL,
    c_connections bigint NOT NULL,
    c_resets bigint NOT NULL,
    c_retransmissions bigint NOT NULL,
    c_handshakes bigint NOT NULL,
    c_handshake_us bigint NOT NULL,
    c_handshake_min_us bigint NOT NULL,
    c_handshake_max_us bigint NOT NULL,
    s_records bigint NOT NULL,
    s_request_bytes bigint NOT NULL,
    s_request_packets bigint NOT NULL,
    s_response_bytes bigint NOT NULL,
    s_response_packets bigint NOT NULL,
    s_connections bigint NOT NULL,
    s_resets bigint NOT NULL,
    s_retransmissions bigint NOT NULL,
    s_handshakes bigint NOT NULL,
    s_handshake_us bigint NOT NULL,
    s_handshake_min_us bigint NOT NULL,
    s_handshake_max_us bigint NOT NULL,
    PRIMARY KEY (conversation, bucket)
) PARTITION BY RANGE (bucket);
CREATE TABLE flow_day (
    conversation uuid NOT NULL,
    bucket timestamptz NOT NULL,
    first_seen timestamptz NOT NULL,
    last_seen timestamptz NOT NULL,
    c_records bigint NOT NULL,
    c_request_bytes bigint NOT NULL,
    c_request_packets bigint NOT NULL,
    c_response_bytes bigint NOT NULL,
    c_response_packets bigint NOT NULL,
    c_connections bigint NOT NULL,
    c_resets bigint NOT NULL,
    c_retransmissions bigint NOT NULL,
    c_handshakes bigint NOT NULL,
    c_handshake_us bigint NOT NULL,
    c_handshake_min_us bigint NOT NULL,
    c_handshake_max_us bigint NOT NULL,
    s_records bigint NOT NULL,
    s_request_bytes bigint NOT NULL,
    s_request_packets bigint NOT NULL,
    s_response_bytes bigint NOT NULL,
    s_response_packets bigint NOT NULL,
    s_connections bigint NOT NULL,
    s_resets bigint NOT NULL,
    s_retransmissions bigint NOT NULL,
    s_handshakes bigint NOT NULL,
    s_handshake_us bigint NOT NULL,
    s_handshake_min_us bigint NOT NULL,
    s_handshake_max_us bigint NOT NULL,
    PRIMARY KEY (conversation, bucket)
) PARTITION BY RANGE (bucket);

-- How far each host's flows have been taken in.
CREATE TABLE flow_host (
    host_id uuid PRIMARY KEY REFERENCES host ON DELETE CASCADE,
    resume_token text NOT NULL DEFAULT '',
    -- Counts up with every batch. Whoever takes one in must have seen the number before.
    batches bigint NOT NULL DEFAULT 0,
    -- UNKNOWN, DATAPATH, NONE, UNSUPPORTED
    source text NOT NULL DEFAULT 'UNKNOWN',
    source_since timestamptz NOT NULL,
    -- Of the last batch: by the host's clock, and by that of the manager that took it in.
    taken_at timestamptz,
    stored_at timestamptz
);

-- What was seen and what was not, by host and hour of storing.
CREATE TABLE flow_loss (
    host_id uuid NOT NULL REFERENCES host ON DELETE CASCADE,
    hour timestamptz NOT NULL,
    records bigint NOT NULL,
    packets_without_room bigint NOT NULL,
    packets_unreadable bigint NOT NULL,
    records_dropped bigint NOT NULL,
    -- Made no sense.
    records_refused bigint NOT NULL,
    -- Of a vNIC that this installation does not have, or has on another host.
    records_unresolved bigint NOT NULL,
    -- Older than minutes are kept.
    records_late bigint NOT NULL,
    -- Of the future by the host's clock; counted as of now.
    records_ahead bigint NOT NULL,
    PRIMARY KEY (host_id, hour)
);
CREATE INDEX flow_loss_by_hour ON flow_loss (hour);
