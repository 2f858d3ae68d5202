namespace OnchainMargin.EndToEnd.Tests.Support;

/// <summary>Waits for something that another process or task brings about. The limit only ends a test that has failed.</summary>
internal static class Eventually
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(4);

    public static async Task<T> GetAsync<T>(Func<Task<T?>> look, string what)
        where T : class
    {
        long began = TimeProvider.System.GetTimestamp();
        while (TimeProvider.System.GetElapsedTime(began) < Limit)
        {
            if (await look() is { } found)
            {
                return found;
            }

            await Task.Delay(50);
        }

        Assert.Fail($"{what} did not come about within {Limit.TotalMinutes} minutes");
        throw new InvalidOperationException("unreachable");
    }

    public static Task TrueAsync(Func<Task<bool>> look, string what) => GetAsync<object>(async () => await look() ? new object() : null, what);
}
