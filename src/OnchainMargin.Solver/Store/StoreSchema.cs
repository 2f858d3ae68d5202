namespace OnchainMargin.Solver.Store;

/// <summary>The tables of the embedded store. A change of shape is a new version; the index can always be rebuilt from the chain, the outbox cannot.</summary>
internal static class StoreSchema
{
    internal const int Version = 3;

    internal const string Create = """
        CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;

        CREATE TABLE blocks (
            number INTEGER PRIMARY KEY,
            hash BLOB NOT NULL,
            parent BLOB NOT NULL,
            time INTEGER NOT NULL);

        CREATE TABLE logs (
            block INTEGER NOT NULL,
            position INTEGER NOT NULL,
            block_hash BLOB NOT NULL,
            time INTEGER NOT NULL,
            address BLOB NOT NULL,
            topics BLOB NOT NULL,
            data BLOB NOT NULL,
            tx_hash BLOB NOT NULL,
            tx_position INTEGER NOT NULL,
            PRIMARY KEY (block, position)) WITHOUT ROWID;

        CREATE TABLE signed_epochs (
            signer BLOB NOT NULL,
            epoch INTEGER NOT NULL,
            digest BLOB NOT NULL,
            signature BLOB NOT NULL,
            PRIMARY KEY (signer, epoch, digest)) WITHOUT ROWID;
        """ + Outbox;

    /// <summary>What makes a store of version 1 one of version 2, with all that is in it.</summary>
    internal const string FromVersion1 = """
        ALTER TABLE outbox ADD COLUMN most_fee TEXT NOT NULL DEFAULT '';
        ALTER TABLE outbox ADD COLUMN private INTEGER NOT NULL DEFAULT 0;
        ALTER TABLE attempts ADD COLUMN empty INTEGER NOT NULL DEFAULT 0;
        UPDATE meta SET value = '2' WHERE key = 'version';
        """;

    /// <summary>What makes a store of version 2 one of version 3, with all that is in it.</summary>
    internal const string FromVersion2 = """
        DROP INDEX outbox_nonce;
        DROP INDEX outbox_state;
        DROP INDEX attempts_intent;
        ALTER TABLE attempts RENAME TO attempts_2;
        ALTER TABLE outbox RENAME TO outbox_2;

        """ + Outbox + """

        INSERT INTO outbox (intent, sender, target, data, gas_limit, nonce, state, block, reason, created, most_fee, private)
            SELECT intent, sender, target, data, gas_limit, nonce, state, block, reason, created, most_fee, private FROM outbox_2;
        INSERT INTO attempts (hash, intent, nonce, raw, max_fee, tip, signed, position, empty)
            SELECT hash, intent, nonce, raw, max_fee, tip, signed, position, empty FROM attempts_2;
        DROP TABLE attempts_2;
        DROP TABLE outbox_2;
        UPDATE meta SET value = '3' WHERE key = 'version';
        """;

    /// <summary>Rows of kilobytes, found by keys that come in no order: they lie where they were appended, and only the keys are sorted in, so that a batch writes few pages.</summary>
    private const string Outbox = """
        CREATE TABLE outbox (
            intent TEXT PRIMARY KEY,
            sender BLOB NOT NULL,
            target BLOB NOT NULL,
            data BLOB NOT NULL,
            gas_limit INTEGER NOT NULL,
            nonce INTEGER NOT NULL,
            state INTEGER NOT NULL,
            block INTEGER NOT NULL,
            reason TEXT NOT NULL,
            created INTEGER NOT NULL,
            most_fee TEXT NOT NULL DEFAULT '',
            private INTEGER NOT NULL DEFAULT 0);
        CREATE UNIQUE INDEX outbox_nonce ON outbox (sender, nonce) WHERE state <> 5;
        CREATE INDEX outbox_state ON outbox (state);

        CREATE TABLE attempts (
            hash BLOB PRIMARY KEY,
            intent TEXT NOT NULL REFERENCES outbox (intent),
            nonce INTEGER NOT NULL,
            raw BLOB NOT NULL,
            max_fee TEXT NOT NULL,
            tip TEXT NOT NULL,
            signed INTEGER NOT NULL,
            position INTEGER NOT NULL,
            empty INTEGER NOT NULL DEFAULT 0);
        CREATE INDEX attempts_intent ON attempts (intent);
        """;
}
