namespace OnchainMargin.Tests.Shared;

/// <summary>A fact that needs a PostgreSQL server and is skipped, with that reason, where none can be started.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class PostgresFactAttribute : FactAttribute
{
    public PostgresFactAttribute() => Skip = PostgresServer.Missing;
}
