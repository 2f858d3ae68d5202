namespace OnchainMargin.Cli.Doctor;

/// <summary>How something is that was checked.</summary>
internal enum FindingState
{
    /// <summary>As it should be.</summary>
    Well = 0,

    /// <summary>Not checked, because nothing was named or something before it failed.</summary>
    Skipped = 1,

    /// <summary>It works, and somebody should look at it.</summary>
    Odd = 2,

    /// <summary>It does not work.</summary>
    Failed = 3,
}
