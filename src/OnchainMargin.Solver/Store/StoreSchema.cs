namespace OnchainMargin.Solver.Store;

/// <summary>The tables of the store. A change of shape is a new version; the index can always be rebuilt from the chain, the outbox cannot.</summary>
internal static class StoreSchema
{
    internal const int Version = 5;

    internal static string Create(StoreTypes types) => $"""
        CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL){types.Clustered};

        CREATE TABLE blocks (
            number {types.Integer} PRIMARY KEY,
            hash {types.Bytes} NOT NULL,
            parent {types.Bytes} NOT NULL,
            time {types.Integer} NOT NULL);

        CREATE TABLE logs (
            block {types.Integer} NOT NULL,
            position {types.Integer} NOT NULL,
            block_hash {types.Bytes} NOT NULL,
            time {types.Integer} NOT NULL,
            address {types.Bytes} NOT NULL,
            topics {types.Bytes} NOT NULL,
            data {types.Bytes} NOT NULL,
            tx_hash {types.Bytes} NOT NULL,
            tx_position {types.Integer} NOT NULL,
            PRIMARY KEY (block, position)){types.Clustered};

        CREATE TABLE signed_epochs (
            signer {types.Bytes} NOT NULL,
            epoch {types.Integer} NOT NULL,
            digest {types.Bytes} NOT NULL,
            signature {types.Bytes} NOT NULL,
            PRIMARY KEY (signer, epoch, digest)){types.Clustered};
        """ + Outbox(types);

    /// <summary>What makes a store of version 1 one of version 2, with all that is in it.</summary>
    internal const string FromVersion1 = """
        ALTER TABLE outbox ADD COLUMN most_fee TEXT NOT NULL DEFAULT '';
        ALTER TABLE outbox ADD COLUMN private INTEGER NOT NULL DEFAULT 0;
        ALTER TABLE attempts ADD COLUMN empty INTEGER NOT NULL DEFAULT 0;
        UPDATE meta SET value = '2' WHERE key = 'version';
        """;

    /// <summary>What makes a store of version 2 or 3 one of version 5, with all that is in it.</summary>
    internal static string FromVersion2Or3(StoreTypes types) => """
        DROP INDEX outbox_nonce;
        DROP INDEX outbox_state;
        DROP INDEX attempts_intent;
        ALTER TABLE attempts RENAME TO attempts_3;
        ALTER TABLE outbox RENAME TO outbox_3;

        """ + Outbox(types) + """

        INSERT INTO outbox (intent, sender, target, data, gas_limit, nonce, state, block, reason, created, most_fee, private)
            SELECT intent, sender, target, data, gas_limit, nonce, state, block, reason, created, most_fee, private FROM outbox_3;
        INSERT INTO attempts (intent, position, max_fee, tip, offered, seal, empty)
            SELECT intent, position, max_fee, tip, signed, raw, empty FROM attempts_3;
        DROP TABLE attempts_3;
        DROP TABLE outbox_3;
        UPDATE meta SET value = '5' WHERE key = 'version';
        """;

    /// <summary>What makes a store of version 4 one of version 5, with all that is in it.</summary>
    internal static string FromVersion4(StoreTypes types) => $"""
        ALTER TABLE outbox ADD COLUMN charged {types.Integer} NOT NULL DEFAULT 0;
        ALTER TABLE outbox ADD COLUMN reward {types.Integer} NOT NULL DEFAULT 0;

        """ + Charged + """

        UPDATE meta SET value = '5' WHERE key = 'version';
        """;

    /// <summary>The relay's open orders, in the order in which they came. In no version's shape: made where it is missing.</summary>
    internal static string Orders(StoreTypes types) => $"""
        CREATE TABLE IF NOT EXISTS relay_orders (
            arrival {types.Counter},
            account {types.Integer} NOT NULL,
            nonce TEXT NOT NULL,
            data {types.Bytes} NOT NULL,
            signer {types.Bytes} NOT NULL,
            signature {types.Bytes} NOT NULL,
            session TEXT,
            UNIQUE (account, nonce));
        """;

    /// <summary>Orders that were cancelled at the relay and are good on chain still, until they expire. In no version's shape: made where it is missing.</summary>
    internal static string CancelledOrders(StoreTypes types) => $"""
        CREATE TABLE IF NOT EXISTS relay_cancelled (
            account {types.Integer} NOT NULL,
            nonce TEXT NOT NULL,
            expiry {types.Integer} NOT NULL,
            PRIMARY KEY (account, nonce)){types.Clustered};
        CREATE INDEX IF NOT EXISTS relay_cancelled_expiry ON relay_cancelled (expiry);
        CREATE INDEX IF NOT EXISTS relay_cancelled_account ON relay_cancelled (account, expiry);
        """;

    /// <summary>What was reverted, by sender and time: the keeper asks at each look for the last hours of it, and without this each question would read all that ever was. In no version's shape: made where it is missing.</summary>
    internal const string Reverted = "CREATE INDEX IF NOT EXISTS outbox_reverted ON outbox (sender, created) WHERE state IN (2, 4);";

    /// <summary>What is settled for good and keeps its calldata, by time: asked for now and then, and without this each question would read all that ever was. In no version's shape: made where it is missing.</summary>
    internal const string Kept = "CREATE INDEX IF NOT EXISTS outbox_kept ON outbox (created) WHERE state IN (3, 4, 6) AND length(data) > 0;";

    /// <summary>What is bounded by the day, by sender and time: the keeper asks at each look for the last day of it.</summary>
    private const string Charged = "CREATE INDEX outbox_charged ON outbox (sender, created) WHERE charged > 0;";

    /// <summary>Snapshots of the book. In no version's shape: made where they are missing.</summary>
    internal static string Snapshots(StoreTypes types) => $"""
        CREATE TABLE IF NOT EXISTS snapshots (
            block {types.Integer} PRIMARY KEY,
            hash {types.Bytes} NOT NULL,
            format TEXT NOT NULL,
            parts {types.Integer} NOT NULL);

        CREATE TABLE IF NOT EXISTS snapshot_parts (
            block {types.Integer} NOT NULL,
            position {types.Integer} NOT NULL,
            bytes {types.Bytes} NOT NULL,
            PRIMARY KEY (block, position));
        """;

    /// <summary>Rows of kilobytes, found by keys that come in no order, lie where they were appended, and only the keys are sorted in, so that a batch writes few pages.</summary>
    private static string Outbox(StoreTypes types) => $"""
        CREATE TABLE outbox (
            intent TEXT PRIMARY KEY,
            sender {types.Bytes} NOT NULL,
            target {types.Bytes} NOT NULL,
            data {types.Bytes} NOT NULL,
            gas_limit {types.Integer} NOT NULL,
            nonce {types.Integer} NOT NULL,
            state {types.Integer} NOT NULL,
            block {types.Integer} NOT NULL,
            reason TEXT NOT NULL,
            created {types.Integer} NOT NULL,
            most_fee TEXT NOT NULL DEFAULT '',
            private {types.Integer} NOT NULL DEFAULT 0,
            charged {types.Integer} NOT NULL DEFAULT 0,
            reward {types.Integer} NOT NULL DEFAULT 0);
        CREATE UNIQUE INDEX outbox_nonce ON outbox (sender, nonce) WHERE state <> 5;
        CREATE INDEX outbox_state ON outbox (state);

        CREATE TABLE attempts (
            intent TEXT NOT NULL REFERENCES outbox (intent),
            position {types.Integer} NOT NULL,
            max_fee TEXT NOT NULL,
            tip TEXT NOT NULL,
            offered {types.Integer} NOT NULL,
            seal {types.Bytes} NOT NULL,
            empty {types.Integer} NOT NULL,
            PRIMARY KEY (intent, position)){types.Clustered};

        """ + Charged;
}
