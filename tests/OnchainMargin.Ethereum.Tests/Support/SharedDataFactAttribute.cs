namespace OnchainMargin.Ethereum.Tests.Support;

/// <summary>A fact that reads ../shared/data and is skipped, with that reason, where the folder is absent.</summary>
internal sealed class SharedDataFactAttribute : FactAttribute
{
    public SharedDataFactAttribute()
    {
        if (!Directory.Exists(Path.Combine(Repository.SharedData, "reference", "eth")))
        {
            Skip = "../shared/data/reference/eth is absent.";
        }
    }
}
