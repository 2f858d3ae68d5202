namespace OnchainMargin.Solver.Options;

/// <summary>The corridor of risk parameters that are proposed, besides the one that governance holds on chain, and how steps are signed.</summary>
public sealed record ParameterOptions
{
    /// <summary>Least price range, hundredths of a percent.</summary>
    public int RangeLeastBps { get; init; } = 1000;

    /// <summary>Largest price range. The coupled bound of the contract stops at 2692 where a token with a haircut of up to 15 % is collateral.</summary>
    public int RangeMostBps { get; init; } = 2690;

    /// <summary>Least volatility shock.</summary>
    public int VolLeastBps { get; init; } = 4500;

    /// <summary>Largest volatility shock.</summary>
    public int VolMostBps { get; init; } = 10_000;

    /// <summary>Least haircut of a token that is an underlying.</summary>
    public int HaircutLeastBps { get; init; } = 500;

    /// <summary>Largest haircut of it.</summary>
    public int HaircutMostBps { get; init; } = 1000;

    /// <summary>Least basis charge.</summary>
    public int BasisLeastBps { get; init; } = 40;

    /// <summary>Largest basis charge.</summary>
    public int BasisMostBps { get; init; } = 200;

    /// <summary>Least vega charge.</summary>
    public int VegaLeastBps { get; init; } = 1000;

    /// <summary>Largest vega charge.</summary>
    public int VegaMostBps { get; init; } = 3000;

    /// <summary>The most maintenance margin that the step of an underlying may make liquidatable, hundredths of a percent of that of all accounts; beyond that this node neither proposes nor signs it, so that a person decides. Other underlyings' steps go on.</summary>
    public int MostMadeLiquidatableBps { get; init; } = 500;

    /// <summary>How many seconds the second attester waits for the proposal of the first, the third for that of the second, and so on.</summary>
    public int TakeoverSeconds { get; init; } = 30;

    /// <summary>How often waiting signatures are looked at, in milliseconds.</summary>
    public int PollMilliseconds { get; init; } = 2000;

    /// <summary>A file to which every proposal is appended, one JSON object a line and underlying; empty for none.</summary>
    public string LogFile { get; init; } = "";

    internal IEnumerable<string> Errors()
    {
        OptionErrors errors = new("parameters");
        errors.Range(RangeLeastBps, 100, RangeMostBps);
        errors.Range(RangeMostBps, 100, 3200);
        errors.Range(VolLeastBps, 0, VolMostBps);
        errors.Range(VolMostBps, 0, 20_000);
        errors.Range(HaircutLeastBps, 0, HaircutMostBps);
        errors.Range(HaircutMostBps, 0, 10_000);
        errors.Range(BasisLeastBps, 0, BasisMostBps);
        errors.Range(BasisMostBps, 0, 1500);
        errors.Range(VegaLeastBps, 0, VegaMostBps);
        errors.Range(VegaMostBps, 0, 10_000);
        errors.Range(MostMadeLiquidatableBps, 0, 10_000);
        errors.Range(TakeoverSeconds, 1, 3600);
        errors.Range(PollMilliseconds, 10, 600_000);
        if (LogFile.Length > 0 && DefectOf(LogFile) is { } defect)
        {
            errors.Require(condition: false, "logFile", $"names '{LogFile}', which cannot be written ({defect}); name a file in a folder that the solver may write to, or leave it empty");
        }

        return errors.Sentences;
    }

    /// <summary>Why nothing can be appended to a file, which is there afterwards; null when it can. Found with the first proposal, an hour and more after the start, it would stop the role.</summary>
    private static string? DefectOf(string file)
    {
        try
        {
            File.AppendAllText(file, "");
            return null;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return error.Message.TrimEnd('.');
        }
    }
}
