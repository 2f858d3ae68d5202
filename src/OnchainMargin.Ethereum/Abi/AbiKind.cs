namespace OnchainMargin.Ethereum.Abi;

/// <summary>The kinds of ABI types.</summary>
public enum AbiKind
{
    /// <summary><c>uintN</c>.</summary>
    UnsignedInteger,

    /// <summary><c>intN</c>.</summary>
    SignedInteger,

    /// <summary><c>bool</c>.</summary>
    Boolean,

    /// <summary><c>address</c>.</summary>
    Address,

    /// <summary><c>bytesN</c>, and <c>function</c> as 24 bytes.</summary>
    FixedBytes,

    /// <summary><c>bytes</c>.</summary>
    Bytes,

    /// <summary><c>string</c>.</summary>
    Text,

    /// <summary><c>T[]</c>.</summary>
    Array,

    /// <summary><c>T[k]</c>.</summary>
    FixedArray,

    /// <summary>A tuple or struct.</summary>
    Tuple,
}
