using Microsoft.AspNetCore.Http.HttpResults;

namespace OnchainMargin.Solver.Api;

/// <summary>The page that shows the OpenAPI document to people, at <c>/openapi</c>. It loads nothing from elsewhere.</summary>
internal static class ReferencePage
{
    private const string Folder = "OnchainMargin.Solver.Api.Pages.";

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/openapi", () => Page("reference.html", "text/html; charset=utf-8")).ExcludeFromDescription();
        routes.MapGet("/openapi/reference.css", () => Page("reference.css", "text/css; charset=utf-8")).ExcludeFromDescription();
        routes.MapGet("/openapi/reference.js", () => Page("reference.js", "text/javascript; charset=utf-8")).ExcludeFromDescription();
    }

    private static FileStreamHttpResult Page(string name, string type) => TypedResults.Stream(typeof(ReferencePage).Assembly.GetManifestResourceStream(Folder + name)!, type);
}
