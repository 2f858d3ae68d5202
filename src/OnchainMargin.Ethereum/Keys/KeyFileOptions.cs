namespace OnchainMargin.Ethereum.Keys;

/// <summary>How hard a new key file is to guess. The defaults are those of the field's clients: about a second and 256 MiB for each try.</summary>
public sealed record KeyFileOptions
{
    /// <summary>scrypt's cost, a power of two.</summary>
    public int ScryptCost { get; init; } = 1 << 18;

    /// <summary>scrypt's block size.</summary>
    public int ScryptBlockSize { get; init; } = 8;

    /// <summary>scrypt's parallelisation.</summary>
    public int ScryptParallelisation { get; init; } = 1;
}
